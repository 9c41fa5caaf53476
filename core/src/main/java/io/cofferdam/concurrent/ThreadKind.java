package io.cofferdam.concurrent;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import org.jspecify.annotations.Nullable;

/** How a thread is made: as a daemon of the operating system, or as a virtual one where the runtime has good ones. */
enum ThreadKind {
    PLATFORM {
        @Override
        Thread create(String name, Runnable task) {
            Thread thread = new Thread(null, task, name, 0, false);
            thread.setDaemon(true);
            return thread;
        }
    },
    VIRTUAL {
        @Override
        Thread create(String name, Runnable task) {
            return VirtualThreads.create(name, task);
        }
    };

    abstract Thread create(String name, Runnable task);

    /** The kind for code that mostly waits. */
    static ThreadKind forWaiting() {
        return VirtualThreads.AVAILABLE ? VIRTUAL : PLATFORM;
    }

    /** Apart, so that the handles are looked up once and without anything mutable. */
    private static final class VirtualThreads {

        /** From 24 on a virtual thread that blocks in {@code synchronized} no longer holds on to its carrier. */
        private static final int FIRST_RELEASE_WITHOUT_PINNING = 24;

        private static final @Nullable MethodHandle CREATE =
                Runtime.version().feature() < FIRST_RELEASE_WITHOUT_PINNING ? null : find();

        static final boolean AVAILABLE = CREATE != null;

        /** The handle for {@code Thread.ofVirtual().name(name).unstarted(task)}, or null if this runtime has no such. */
        private static @Nullable MethodHandle find() {
            try {
                MethodHandles.Lookup lookup = MethodHandles.publicLookup();
                Class<?> builder = Class.forName("java.lang.Thread$Builder");
                Class<?> ofVirtual = Class.forName("java.lang.Thread$Builder$OfVirtual");
                MethodHandle start = lookup.findStatic(Thread.class, "ofVirtual", MethodType.methodType(ofVirtual));
                MethodHandle name = lookup.findVirtual(builder, "name", MethodType.methodType(builder, String.class));
                MethodHandle unstarted =
                        lookup.findVirtual(builder, "unstarted", MethodType.methodType(Thread.class, Runnable.class));
                MethodHandle named = MethodHandles.foldArguments(
                        name.asType(MethodType.methodType(builder, ofVirtual, String.class)), start);
                return MethodHandles.filterArguments(unstarted, 0, named);
            } catch (ReflectiveOperationException e) {
                return null;
            }
        }

        static Thread create(String name, Runnable task) {
            if (CREATE == null) {
                throw new IllegalStateException("this Java runtime has no virtual threads");
            }
            try {
                return (Thread) CREATE.invokeExact(name, task);
            } catch (RuntimeException | Error e) {
                throw e;
            } catch (Throwable e) {
                throw new IllegalStateException("could not make the virtual thread '" + name + "'", e);
            }
        }
    }
}
