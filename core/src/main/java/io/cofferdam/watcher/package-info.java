/**
 * The watcher of session resources: a program that a JVM starts beside itself, and which removes what that JVM leaves when it
 * ends in any other way than by closing. {@link io.cofferdam.watcher.Watcher} is its main class; what it removes is up to the
 * {@link io.cofferdam.watcher.Sweeper} of the engine. Everything in this package, and every sweeper, needs nothing but the
 * JDK: it runs from a small jar of its own, whatever the library itself was loaded from.
 */
@NullMarked
package io.cofferdam.watcher;

import org.jspecify.annotations.NullMarked;
