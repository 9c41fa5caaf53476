/** Environments, deployments and pipelines over any back end, and the embedded back end that runs processes. */
module io.cofferdam.core {
    requires com.fasterxml.jackson.databind;
    requires org.slf4j;
    requires static transitive org.jspecify;

    exports io.cofferdam.concurrent;
    exports io.cofferdam.error;
    exports io.cofferdam.event;
}
