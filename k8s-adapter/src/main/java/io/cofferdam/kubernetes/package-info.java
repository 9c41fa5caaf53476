/**
 * The Kubernetes back end: {@link io.cofferdam.kubernetes.KubernetesProvider}. So far it finds clusters and says what it
 * finds; environments on pods are still to come. Looks at what core exports.
 */
@NullMarked
package io.cofferdam.kubernetes;

import org.jspecify.annotations.NullMarked;
