/** The back end that runs environments as containers of a Docker Engine. */
module io.cofferdam.docker {
    requires transitive io.cofferdam.core;
    requires static org.jspecify;
    requires org.slf4j;
    requires com.github.dockerjava.api;
    requires com.github.dockerjava.core;
    requires com.github.dockerjava.transport;
    requires com.github.dockerjava.transport.httpclient5;

    // docker-java's jars are automatic modules: they cannot say themselves which explicit modules they need.
    requires com.fasterxml.jackson.databind;
    requires com.google.common;
    requires com.sun.jna;
    requires org.apache.commons.compress;
    requires org.apache.commons.io;
    requires org.apache.commons.lang3;
    requires org.bouncycastle.pkix;
    requires org.bouncycastle.provider;
}
