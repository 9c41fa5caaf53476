/** The embedded traffic router. */
module io.cofferdam.gateway {
    requires transitive io.cofferdam.core;
    requires static org.jspecify;
    requires com.fasterxml.jackson.databind;
    requires io.netty.buffer;
    requires io.netty.codec;
    requires io.netty.codec.compression;
    requires io.netty.codec.http;
    requires io.netty.common;
    requires io.netty.handler;
    requires io.netty.resolver;
    requires io.netty.transport;
    requires org.slf4j;

    exports io.cofferdam.gateway;
}
