/**
 * The Kubernetes back end: {@link io.cofferdam.kubernetes.KubernetesProvider}. Start reading at {@code KubernetesDriver},
 * which hands each operation to the class that does it. {@code Units} makes records, {@code Lifecycle} makes and ends their
 * pods, {@code ObjectWatch} is the one watch of a kind, {@code Api} every other request, {@code Spdy} what has several
 * streams. Looks at what core exports.
 */
@NullMarked
package io.cofferdam.kubernetes;

import org.jspecify.annotations.NullMarked;
