/**
 * What is to be deployed, as immutable values: start at {@link io.cofferdam.application.Application}, which is a project's
 * {@linkplain io.cofferdam.application.Service services} and the networks, volumes, secrets and configs they share. Nothing here
 * speaks to an engine or reads a file. Looks at environments.
 */
@NullMarked
package io.cofferdam.application;

import org.jspecify.annotations.NullMarked;
