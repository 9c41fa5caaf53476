/** Environments, deployments and pipelines over any back end, and the embedded back end that runs processes. */
module io.cofferdam.core {
    requires com.fasterxml.jackson.databind;
    requires transitive java.sql;
    requires org.slf4j;
    requires org.snakeyaml.engine;
    requires static transitive org.jspecify;

    exports io.cofferdam;
    exports io.cofferdam.api;
    exports io.cofferdam.application;
    exports io.cofferdam.compose;
    exports io.cofferdam.concurrent;
    exports io.cofferdam.deployment;
    exports io.cofferdam.deployment.jdbc;
    exports io.cofferdam.driver;
    exports io.cofferdam.engine;
    exports io.cofferdam.environment;
    exports io.cofferdam.error;
    exports io.cofferdam.event;
    exports io.cofferdam.pipeline;
    exports io.cofferdam.pipeline.jdbc;
    exports io.cofferdam.pool;
    exports io.cofferdam.resource;
    exports io.cofferdam.stack;
    exports io.cofferdam.traffic;
    exports io.cofferdam.watcher;
    exports io.cofferdam.workload;

    uses io.cofferdam.engine.OrchestratorProvider;
    uses io.cofferdam.pipeline.ClusterProvider;
    uses io.cofferdam.pipeline.StepProvider;

    provides io.cofferdam.engine.OrchestratorProvider with
            io.cofferdam.process.ProcessProvider;
}
