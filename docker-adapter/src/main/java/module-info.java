/** The back end that runs environments as containers of a Docker Engine. */
module io.cofferdam.docker {
    requires transitive io.cofferdam.core;
    requires static org.jspecify;
    requires com.fasterxml.jackson.databind;
    requires com.github.dockerjava.core;
    requires com.github.dockerjava.transport;
    requires org.apache.commons.compress;
    requires org.slf4j;

    // docker-java's jars are automatic modules: they cannot say themselves which explicit modules they need.
    requires com.google.common;
    requires org.apache.commons.io;
    requires org.apache.commons.lang3;
    requires org.bouncycastle.pkix;
    requires org.bouncycastle.provider;

    exports io.cofferdam.docker;

    provides io.cofferdam.engine.OrchestratorProvider with
            io.cofferdam.docker.DockerProvider;
}
