package io.cofferdam.pipeline;

/** Where problems go. */
@FunctionalInterface
interface Trouble {

    /** Tells of a problem at a path such as {@code steps[2].docker_config.context}. */
    void at(String path, String what, String remedy);

    default void at(String path, String what) {
        at(path, what, "");
    }
}
