package io.cofferdam.gateway;

import io.netty.handler.codec.http.HttpClientCodec;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpMessage;
import io.netty.handler.codec.http.HttpRequestDecoder;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseEncoder;

/** Netty's parsers of HTTP/1.1 with the limits and the strictness of the gateway. */
final class Codecs {

    static final int LONGEST_LINE = 8 * 1024;
    static final int LARGEST_HEAD = 64 * 1024;

    private Codecs() {}

    private static HttpDecoderConfig limits() {
        return new HttpDecoderConfig()
                .setMaxInitialLineLength(LONGEST_LINE)
                .setMaxHeaderSize(LARGEST_HEAD)
                .setMaxChunkSize(64 * 1024)
                .setUseRfc9112TransferEncoding(true);
    }

    static HttpClientCodec toTargets() {
        return new HttpClientCodec(limits(), false, false);
    }

    /** Two lengths are how requests are smuggled, so neither of them is believed. */
    static final class Requests extends HttpRequestDecoder {

        Requests() {
            super(limits());
        }

        @Override
        protected void handleTransferEncodingChunkedWithContentLength(HttpMessage message) {
            throw new IllegalArgumentException("the request has both Content-Length and Transfer-Encoding");
        }
    }

    /** Knows of the response in hand whether it answers HEAD and so has a length but no body. */
    static final class Responses extends HttpResponseEncoder {

        boolean withoutBody;

        @Override
        protected boolean isContentAlwaysEmpty(HttpResponse response) {
            return withoutBody || super.isContentAlwaysEmpty(response);
        }
    }
}
