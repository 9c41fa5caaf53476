package io.cofferdam.gateway;

import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.codec.TooLongFrameException;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;
import io.netty.util.ReferenceCountUtil;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** The connection of a client of an HTTP route: its requests one after the other, each with an {@link Exchange}. */
@SuppressWarnings("FutureReturnValueIgnored") // a write that fails closes its channel, which is seen
final class HttpFront extends ChannelInboundHandlerAdapter {

    private static final Duration LONGEST_IDLE = Duration.ofSeconds(75);
    private static final Duration LOOK = Duration.ofSeconds(15);
    /** How long a client may go on sending after it was told that nobody listens. */
    private static final Duration LINGER = Duration.ofSeconds(2);

    final Listener listener;
    final UpstreamPool pool;
    private final Codecs.Responses responses;
    /** What was read and not yet used: at most what one read brings. */
    private final Deque<Object> inbound = new ArrayDeque<>();

    private @Nullable ChannelHandlerContext context;
    private @Nullable Exchange exchange;
    private boolean pumping;
    private boolean ending;
    private long idleSince = System.nanoTime();

    HttpFront(Listener listener, UpstreamPool pool, Codecs.Responses responses) {
        this.listener = listener;
        this.pool = pool;
        this.responses = responses;
    }

    Channel channel() {
        ChannelHandlerContext current = context;
        if (current == null) {
            throw new IllegalStateException("this client is not connected yet");
        }
        return current.channel();
    }

    @Override
    public void handlerAdded(ChannelHandlerContext added) {
        context = added;
    }

    @Override
    public void channelActive(ChannelHandlerContext active) {
        listener.arrived(this);
        lookLater();
        active.read();
    }

    private void lookLater() {
        channel().eventLoop().schedule(this::look, LOOK.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** Also for those who send a head byte by byte: only the end of an exchange counts. */
    private void look() {
        if (!channel().isActive() || channel().pipeline().get("front") == null) {
            return;
        }
        if (exchange == null && System.nanoTime() - idleSince > LONGEST_IDLE.toNanos()) {
            channel().close();
        } else {
            lookLater();
        }
    }

    @Override
    public void channelRead(ChannelHandlerContext active, Object message) {
        if (ending) {
            ReferenceCountUtil.release(message);
        } else {
            inbound.add(message);
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext active) {
        pump();
    }

    /** Hands on what was read, as far as there is somebody who takes it, and reads on when all of it is gone. */
    void pump() {
        if (pumping) {
            return;
        }
        pumping = true;
        try {
            for (Object message = inbound.peek(); message != null; message = inbound.peek()) {
                Exchange current = exchange;
                if (current == null) {
                    inbound.remove();
                    if (message instanceof HttpRequest request && !ending) {
                        begin(request);
                    } else {
                        ReferenceCountUtil.release(message); // the rest of a body that nobody wanted
                    }
                } else if (current.wantsBody()) {
                    inbound.remove();
                    current.body((HttpContent) message);
                } else {
                    break;
                }
            }
            if (exchange != null) {
                exchange.flush();
            }
        } finally {
            pumping = false;
        }
        // Also while a request is under way: that is how a client who leaves is noticed.
        if (inbound.isEmpty() && channel().isActive()) {
            channel().read();
        }
    }

    private void begin(HttpRequest request) {
        Throwable unreadable = request.decoderResult().cause();
        if (unreadable != null) {
            ReferenceCountUtil.release(request);
            refuse(request, statusOf(unreadable), sentenceOf(unreadable), false);
            return;
        }
        String problem = Heads.problem(request);
        if (problem != null) {
            refuse(request, HttpResponseStatus.BAD_REQUEST, problem, false);
        } else if (request.method().equals(HttpMethod.CONNECT)) {
            refuse(request, HttpResponseStatus.METHOD_NOT_ALLOWED, "This is no proxy for CONNECT.", false);
        } else {
            Exchange next = new Exchange(this, request);
            exchange = next;
            next.tryNext();
        }
    }

    private static HttpResponseStatus statusOf(Throwable unreadable) {
        if (unreadable instanceof TooLongHttpLineException) {
            return HttpResponseStatus.REQUEST_URI_TOO_LONG;
        }
        return unreadable instanceof TooLongHttpHeaderException
                ? HttpResponseStatus.REQUEST_HEADER_FIELDS_TOO_LARGE
                : HttpResponseStatus.BAD_REQUEST;
    }

    private static String sentenceOf(Throwable unreadable) {
        return unreadable instanceof TooLongFrameException
                ? "The head of the request is too long: a line has at most " + Codecs.LONGEST_LINE
                        + " bytes, all header fields together " + Codecs.LARGEST_HEAD + "."
                : "The request is not valid HTTP/1.1.";
    }

    /** Answers in place of a target. The connection goes on if the whole request has been read. */
    void refuse(HttpRequest request, HttpResponseStatus status, String sentence, boolean goesOn) {
        exchange = null;
        FullHttpResponse response = new DefaultFullHttpResponse(
                HttpVersion.HTTP_1_1, status, Unpooled.copiedBuffer(sentence + "\n", StandardCharsets.UTF_8));
        response.headers().set(HttpHeaderNames.CONTENT_TYPE, "text/plain; charset=utf-8");
        response.headers()
                .set(HttpHeaderNames.CONTENT_LENGTH, response.content().readableBytes());
        boolean keepAlive = goesOn && HttpUtil.isKeepAlive(request) && !listener.isClosed();
        connectionHeader(response, request, keepAlive);
        head(response, request.method().equals(HttpMethod.HEAD));
        ended(keepAlive);
    }

    static void connectionHeader(HttpResponse response, HttpRequest request, boolean keepAlive) {
        if (!keepAlive) {
            response.headers().set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
        } else if (Heads.isOld(request)) {
            response.headers().set(HttpHeaderNames.CONNECTION, HttpHeaderValues.KEEP_ALIVE);
        }
    }

    /** Writes the head of a response, or all of one. */
    void head(HttpResponse response, boolean withoutBody) {
        responses.withoutBody = withoutBody;
        channel().write(response);
    }

    /** The exchange is over, its answer written. */
    void ended(boolean keepAlive) {
        exchange = null;
        idleSince = System.nanoTime();
        if (keepAlive && !listener.isClosed()) {
            channel().flush();
            pump();
            return;
        }
        ending = true;
        // To close at once while the client still sends would reset the connection and might destroy the answer.
        channel().writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(flushed -> {
            ((DuplexChannel) channel()).shutdownOutput();
            channel().read();
        });
        channel().eventLoop().schedule(() -> channel().close(), LINGER.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** The answer cannot be finished; only a broken connection tells the client so. */
    void breakOff() {
        exchange = null;
        channel().close();
    }

    /** From now on bytes go to and fro that are not HTTP. */
    void upgrade(HttpResponse response, Upstream upstream) {
        exchange = null;
        listener.went(this);
        head(response, false);
        channel().flush();
        inbound.forEach(ReferenceCountUtil::release);
        inbound.clear();
        Relay.between(channel(), upstream.channel);
        Channel client = channel();
        for (String handler : new String[] {"front", "decoder", "encoder"}) {
            client.pipeline().remove(handler);
        }
        for (String handler : new String[] {"upstream", "seen", "http"}) {
            upstream.channel.pipeline().remove(handler);
        }
        upstream.channel.flush();
        client.flush();
        client.read();
        upstream.channel.read();
    }

    void closeWhenIdle() {
        channel().eventLoop().execute(() -> {
            if (exchange == null && !ending && inbound.isEmpty()) {
                channel().writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(ChannelFutureListener.CLOSE);
            }
        });
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext active) {
        if (exchange != null && channel().isWritable()) {
            exchange.answerMayGoOn();
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext active) {
        listener.went(this);
        inbound.forEach(ReferenceCountUtil::release);
        inbound.clear();
        if (exchange != null) {
            exchange.clientWent();
            exchange = null;
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext active, Throwable broken) {
        active.close();
    }
}
