package io.cofferdam.gateway;

import io.netty.handler.codec.http.DefaultHttpRequest;
import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMessage;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import java.net.InetSocketAddress;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What becomes of the heads of requests and responses on their way (RFC 9110 section 7.6, RFC 9112 section 6). */
final class Heads {

    private static final Set<String> HOP_BY_HOP = Set.of(
            "connection",
            "keep-alive",
            "proxy-connection",
            "proxy-authenticate",
            "proxy-authorization",
            "te",
            "transfer-encoding",
            "upgrade");

    /** Not removed because a {@code Connection} header names them: who could do that could change what a request is. */
    private static final Set<String> END_TO_END =
            Set.of("host", "content-length", "x-forwarded-for", "x-forwarded-proto", "x-forwarded-host");

    private static final Set<HttpMethod> REPEATABLE =
            Set.of(HttpMethod.GET, HttpMethod.HEAD, HttpMethod.OPTIONS, HttpMethod.TRACE);

    private Heads() {}

    /** Why a request cannot be taken, as a sentence; null if it can. */
    @Nullable
    static String problem(HttpRequest request) {
        HttpHeaders headers = request.headers();
        List<String> encodings = headers.getAll(HttpHeaderNames.TRANSFER_ENCODING);
        if (!encodings.isEmpty()) {
            if (headers.contains(HttpHeaderNames.CONTENT_LENGTH)) {
                return "The request has both Content-Length and Transfer-Encoding.";
            }
            if (encodings.size() > 1 || !encodings.get(0).strip().equalsIgnoreCase("chunked")) {
                return "The only Transfer-Encoding understood is chunked, once.";
            }
            if (isOld(request)) {
                return "A request of HTTP/1.0 cannot have a Transfer-Encoding.";
            }
        }
        if (headers.getAll(HttpHeaderNames.CONTENT_LENGTH).size() > 1) {
            return "The request has more than one Content-Length.";
        }
        int hosts = headers.getAll(HttpHeaderNames.HOST).size();
        if (hosts > 1 || (hosts == 0 && !isOld(request))) {
            return "A request of HTTP/1.1 has exactly one Host header.";
        }
        return null;
    }

    static boolean isOld(HttpMessage message) {
        return message.protocolVersion().compareTo(HttpVersion.HTTP_1_1) < 0;
    }

    static boolean hasBody(HttpRequest request) {
        return HttpUtil.isTransferEncodingChunked(request) || HttpUtil.getContentLength(request, 0L) > 0;
    }

    /** Whether it may be sent a second time after it was sent once. */
    static boolean isRepeatable(HttpRequest request) {
        return REPEATABLE.contains(request.method()) && !hasBody(request);
    }

    /** The protocol that a request asks to go over to; null if none, or HTTP/2, which is not spoken here. */
    @Nullable
    static String upgrade(HttpMessage message) {
        String protocol = message.headers().get(HttpHeaderNames.UPGRADE);
        boolean asked = protocol != null
                && message.headers().containsValue(HttpHeaderNames.CONNECTION, HttpHeaderValues.UPGRADE, true)
                && !protocol.toLowerCase(Locale.ROOT).contains("h2c");
        return asked ? protocol : null;
    }

    static HttpRequest toTarget(HttpRequest request, InetSocketAddress client, InetSocketAddress here) {
        HttpRequest copy = new DefaultHttpRequest(HttpVersion.HTTP_1_1, request.method(), request.uri());
        HttpHeaders headers = copy.headers();
        copyEndToEnd(request.headers(), headers);
        if (HttpUtil.isTransferEncodingChunked(request)) {
            headers.set(HttpHeaderNames.TRANSFER_ENCODING, HttpHeaderValues.CHUNKED);
        }
        String upgrade = upgrade(request);
        if (upgrade != null) {
            headers.set(HttpHeaderNames.CONNECTION, HttpHeaderValues.UPGRADE);
            headers.set(HttpHeaderNames.UPGRADE, upgrade);
        }
        if (!headers.contains(HttpHeaderNames.HOST)) {
            headers.set(HttpHeaderNames.HOST, here.getAddress().getHostAddress() + ":" + here.getPort());
        }
        String address = client.getAddress().getHostAddress();
        List<String> before = headers.getAll("X-Forwarded-For");
        headers.set("X-Forwarded-For", before.isEmpty() ? address : String.join(", ", before) + ", " + address);
        if (!headers.contains("X-Forwarded-Proto")) {
            headers.set("X-Forwarded-Proto", "http");
        }
        if (!headers.contains("X-Forwarded-Host")) {
            headers.set("X-Forwarded-Host", headers.get(HttpHeaderNames.HOST));
        }
        return copy;
    }

    /** A head for the client, without anything that says how its body ends unless that is a length. */
    static HttpResponse toClient(HttpResponse response) {
        HttpResponse copy = new DefaultHttpResponse(HttpVersion.HTTP_1_1, response.status());
        copyEndToEnd(response.headers(), copy.headers());
        String protocol = response.headers().get(HttpHeaderNames.UPGRADE);
        boolean tellsProtocol = response.status().equals(HttpResponseStatus.SWITCHING_PROTOCOLS)
                || response.status().equals(HttpResponseStatus.UPGRADE_REQUIRED);
        if (protocol != null && tellsProtocol) {
            copy.headers().set(HttpHeaderNames.CONNECTION, HttpHeaderValues.UPGRADE);
            copy.headers().set(HttpHeaderNames.UPGRADE, protocol);
        }
        return copy;
    }

    private static void copyEndToEnd(HttpHeaders from, HttpHeaders to) {
        Set<String> named = new HashSet<>();
        for (String value : from.getAll(HttpHeaderNames.CONNECTION)) {
            for (String name : value.split(",", -1)) {
                named.add(name.strip().toLowerCase(Locale.ROOT));
            }
        }
        named.removeAll(END_TO_END);
        for (Map.Entry<String, String> header : from) {
            String name = header.getKey().toLowerCase(Locale.ROOT);
            if (!HOP_BY_HOP.contains(name) && !named.contains(name)) {
                to.add(header.getKey(), header.getValue());
            }
        }
    }
}
