/**
 * What the watcher of session resources removes from a Docker engine. It runs in the watcher's own JVM, from a jar of nothing
 * but these classes, so everything here needs the JDK and {@link io.cofferdam.watcher} only. Start with
 * {@link io.cofferdam.docker.watcher.DockerSweeper}.
 */
@NullMarked
package io.cofferdam.docker.watcher;

import org.jspecify.annotations.NullMarked;
