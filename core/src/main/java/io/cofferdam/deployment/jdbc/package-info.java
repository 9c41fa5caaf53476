/**
 * Deployments kept in a database: start at {@link io.cofferdam.deployment.jdbc.JdbcDeploymentStore}. {@code Database} runs
 * transactions and tells what went wrong, {@code Schema} makes the tables, {@code Tables} and {@code Writes} hold the SQL. Looks
 * at deployments.
 */
@NullMarked
package io.cofferdam.deployment.jdbc;

import org.jspecify.annotations.NullMarked;
