package io.cofferdam.gateway;

import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ConnectTimeoutException;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.EmptyHttpHeaders;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** One request and its answer. */
@SuppressWarnings("FutureReturnValueIgnored") // a write that fails closes its channel, which is seen
final class Exchange {

    /** How long a target may take to begin its answer once it has the whole request. */
    private static final Duration ANSWER = Duration.ofSeconds(60);
    /**
     * A request that may not be repeated is given a kept connection only while it is fresh: on an older one the target
     * may be closing it at this very moment, which would cost the request.
     */
    private static final long FRESH = Duration.ofSeconds(1).toNanos();

    private final HttpFront front;
    private final HttpRequest request;
    private final boolean repeatable;
    private final Set<Target> tried = new HashSet<>();

    private @Nullable Upstream upstream;
    private @Nullable UnderWay entered;
    private @Nullable ScheduledFuture<?> patience;
    private @Nullable Throwable lastFailure;
    private boolean newConnections;
    private boolean bodyDone;
    private boolean began;
    private boolean interim;
    private boolean clientStays;
    private boolean targetStays;
    private boolean over;

    Exchange(HttpFront front, HttpRequest request) {
        this.front = front;
        this.request = request;
        this.repeatable = Heads.isRepeatable(request);
    }

    /** Gives the request to the next target that can be connected to. */
    void tryNext() {
        Target target = front.listener.take(tried);
        if (target == null) {
            nobody();
            return;
        }
        entered = target.underWay;
        Upstream kept = newConnections ? null : front.pool.take(target, repeatable ? Long.MAX_VALUE : FRESH);
        if (kept != null) {
            begin(kept);
            return;
        }
        ChannelFuture connecting = front.pool.connect(target);
        connecting.addListener(done -> {
            if (over) {
                connecting.channel().close();
            } else if (done.isSuccess()) {
                begin(new Upstream(connecting.channel(), target, front.pool));
            } else {
                // Never a request, so any request may go elsewhere.
                target.refused();
                lastFailure = done.cause();
                leave();
                tried.add(target);
                tryNext();
            }
        });
    }

    private void nobody() {
        String route = "route '" + front.listener.route().name() + "'";
        if (tried.isEmpty()) {
            fail(HttpResponseStatus.SERVICE_UNAVAILABLE, "No instance behind " + route + " takes requests now.");
        } else if (lastFailure instanceof ConnectTimeoutException) {
            fail(HttpResponseStatus.GATEWAY_TIMEOUT, "No instance behind " + route + " could be connected to in time.");
        } else {
            fail(HttpResponseStatus.BAD_GATEWAY, "No instance behind " + route + " accepted the request.");
        }
    }

    private void begin(Upstream connected) {
        upstream = connected;
        connected.begin(this);
        InetSocketAddress client = (InetSocketAddress) front.channel().remoteAddress();
        InetSocketAddress here = (InetSocketAddress) front.channel().localAddress();
        connected.channel.write(Heads.toTarget(request, client, here));
        if (bodyDone) { // a repetition
            connected.channel.write(LastHttpContent.EMPTY_LAST_CONTENT);
            awaitAnswer();
        }
        flush();
        front.pump();
    }

    boolean wantsBody() {
        return upstream != null && !bodyDone && upstream.channel.isWritable();
    }

    void body(HttpContent content) {
        Upstream current = upstream;
        if (current == null || content.decoderResult().isFailure()) {
            content.release();
            fail(HttpResponseStatus.BAD_REQUEST, "The body of the request is not valid HTTP/1.1.");
            return;
        }
        bodyDone = content instanceof LastHttpContent;
        current.channel.write(content);
        if (bodyDone) {
            awaitAnswer();
        }
    }

    void flush() {
        if (upstream != null) {
            upstream.channel.flush();
        }
    }

    void requestMayGoOn() {
        front.pump();
    }

    private void awaitAnswer() {
        if (patience == null && !began && !over) {
            patience = front.channel()
                    .eventLoop()
                    .schedule(
                            () -> fail(
                                    HttpResponseStatus.GATEWAY_TIMEOUT,
                                    "The instance did not begin its answer within " + ANSWER.toSeconds() + " s."),
                            ANSWER.toMillis(),
                            TimeUnit.MILLISECONDS);
        }
    }

    /** A part of the answer arrived. */
    void answer(Object message) {
        if (over) {
            ReferenceCountUtil.release(message);
        } else if (message instanceof HttpResponse response) {
            head(response);
        } else if (interim) {
            interim = false;
            ReferenceCountUtil.release(message);
        } else if (message instanceof HttpContent content
                && !content.decoderResult().isFailure()) {
            front.channel().write(content);
            if (content instanceof LastHttpContent) {
                finish();
            }
        } else {
            ReferenceCountUtil.release(message);
            breakOff();
        }
    }

    private void head(HttpResponse response) {
        int code = response.status().code();
        if (response.decoderResult().isFailure()) {
            ReferenceCountUtil.release(response);
            fail(HttpResponseStatus.BAD_GATEWAY, "The instance's answer is not valid HTTP/1.1.");
        } else if (code == HttpResponseStatus.SWITCHING_PROTOCOLS.code() && Heads.upgrade(request) != null) {
            upgrade(response);
        } else if (code < 200) {
            interim = true;
            if (!Heads.isOld(request)) {
                front.head(
                        new DefaultFullHttpResponse(
                                HttpVersion.HTTP_1_1,
                                response.status(),
                                Unpooled.EMPTY_BUFFER,
                                Heads.toClient(response).headers(),
                                EmptyHttpHeaders.INSTANCE),
                        false);
            }
        } else {
            finalHead(response, code);
        }
    }

    private void finalHead(HttpResponse response, int code) {
        began = true;
        calm();
        targetStays = HttpUtil.isKeepAlive(response);
        clientStays = HttpUtil.isKeepAlive(request) && bodyDone && !front.listener.isClosed();
        boolean withoutBody = request.method().equals(HttpMethod.HEAD);
        HttpResponse head = Heads.toClient(response);
        boolean knownLength = withoutBody
                || code == HttpResponseStatus.NO_CONTENT.code()
                || code == HttpResponseStatus.NOT_MODIFIED.code()
                || response.headers().contains(HttpHeaderNames.CONTENT_LENGTH);
        if (!knownLength) {
            if (Heads.isOld(request)) {
                clientStays = false;
            } else {
                head.headers().set(HttpHeaderNames.TRANSFER_ENCODING, HttpHeaderValues.CHUNKED);
            }
        }
        HttpFront.connectionHeader(head, request, clientStays);
        front.head(head, withoutBody);
    }

    /** What the target sent so far is handled. */
    void answerPaused() {
        front.channel().flush();
        answerMayGoOn();
    }

    void answerMayGoOn() {
        if (upstream != null && front.channel().isWritable()) {
            upstream.channel.read();
        }
    }

    private void finish() {
        over = true;
        leave();
        Upstream current = upstream;
        if (current != null && targetStays && bodyDone) {
            current.release();
        } else if (current != null) {
            current.close();
        }
        front.ended(clientStays && bodyDone);
    }

    private void upgrade(HttpResponse response) {
        over = true;
        calm();
        Upstream current = upstream;
        UnderWay counted = entered;
        entered = null;
        if (current != null && counted != null) {
            current.channel.closeFuture().addListener(closed -> counted.leave());
            front.upgrade(
                    new DefaultFullHttpResponse(
                            HttpVersion.HTTP_1_1,
                            response.status(),
                            Unpooled.EMPTY_BUFFER,
                            Heads.toClient(response).headers(),
                            EmptyHttpHeaders.INSTANCE),
                    current);
        }
    }

    /** The target closed the connection. */
    void targetWent() {
        Upstream last = upstream;
        if (over || last == null) {
            return;
        }
        upstream = null;
        if (began) {
            breakOff();
        } else if (repeatable && !last.answered) {
            calm();
            leave();
            if (last.reused) {
                newConnections = true; // it may have closed this connection only because nothing came for a while
            } else {
                last.target.refused();
                tried.add(last.target);
            }
            tryNext();
        } else {
            fail(HttpResponseStatus.BAD_GATEWAY, "The instance closed the connection before it answered.");
        }
    }

    void clientWent() {
        stop();
    }

    private void breakOff() {
        stop();
        front.breakOff();
    }

    private void fail(HttpResponseStatus status, String sentence) {
        if (over) {
            return;
        }
        if (began) {
            breakOff();
            return;
        }
        stop();
        front.refuse(request, status, sentence, bodyDone || !Heads.hasBody(request));
    }

    private void stop() {
        over = true;
        leave();
        if (upstream != null) {
            upstream.close();
        }
    }

    private void calm() {
        if (patience != null) {
            patience.cancel(false);
            patience = null;
        }
    }

    private void leave() {
        calm();
        if (entered != null) {
            entered.leave();
            entered = null;
        }
    }
}
