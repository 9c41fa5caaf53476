/**
 * What the watcher of session resources removes on the process engine. It runs in the watcher's own JVM, from a jar of
 * nothing but these classes, so everything here needs the JDK and {@link io.cofferdam.watcher} only. Start with
 * {@link io.cofferdam.process.watcher.ProcessSweeper}.
 */
@NullMarked
package io.cofferdam.process.watcher;

import org.jspecify.annotations.NullMarked;
