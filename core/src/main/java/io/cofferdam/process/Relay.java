package io.cofferdam.process;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The program of the child JVM that forwards TCP connections to an environment, for as long as its main process lives:
 * needs no class but its own and the JDK's. One thread serves all connections.
 *
 * <p>There are two kinds of it. The <em>outer</em> one listens on host ports and connects to the software's address, or,
 * where that lies in another network namespace, to the unix socket {@code s} in its working directory. There the
 * <em>inner</em> one, which lives in that namespace, takes the wanted port as two bytes, connects, and answers with one
 * byte whether it could.
 *
 * <p>A port is listened on only while the software accepts connections: whoever gets one has got it from the software.
 *
 * <p>Arguments: the environment's directory, the milliseconds until its main process must have started, the
 * {@linkplain #mark mark} of what the run before left in its file {@code run}, then {@code inner ADDRESS}, or {@code outer} and for each port {@code LISTEN-ADDRESS LISTEN-PORT TARGET-ADDRESS-OR-'-' PORT}.
 */
final class Relay {

    static final String SOCKET = "s";

    private static final int BUFFER = 64 * 1024;
    private static final int LEAST_BUFFER = 1024;
    /** What connections whose receivers are slow may hold in all. */
    private static final int ALL_BUFFERS = 8 * 1024 * 1024;

    private static final int BACKLOG = 1024;
    private static final long TICK_NANOS = TimeUnit.MILLISECONDS.toNanos(200);
    private static final long EAGER_PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(10);
    private static final long PATIENT_PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(100);
    private static final int EAGER_ATTEMPTS = 500;
    private static final long DRAIN_NANOS = TimeUnit.SECONDS.toNanos(10);

    private final Selector selector;
    private final Lifeline lifeline;
    private final List<Door> doors = new ArrayList<>();
    private final Set<Link> links = new LinkedHashSet<>();
    private final ByteBuffer shared = ByteBuffer.allocateDirect(BUFFER);
    private boolean draining;

    private Relay(Lifeline lifeline) throws IOException {
        this.lifeline = lifeline;
        this.selector = Selector.open();
    }

    /**
     * Runs a relay until the environment's main process has ended and its last bytes are delivered.
     *
     * @param arguments see the class
     * @throws IOException if the system refuses what any relay needs
     */
    public static void main(String... arguments) throws IOException {
        long allowed = TimeUnit.MILLISECONDS.toNanos(Long.parseLong(arguments[1]));
        Relay relay = new Relay(new Lifeline(Path.of(arguments[0]), System.nanoTime() + allowed, arguments[2]));
        if (arguments[3].equals("inner")) {
            relay.doors.add(relay.new Door(arguments[4]));
        } else {
            for (int at = 4; at < arguments.length; at += 4) {
                relay.doors.add(relay
                .new Door(
                        new InetSocketAddress(arguments[at], Integer.parseInt(arguments[at + 1])),
                        arguments[at + 2],
                        Integer.parseInt(arguments[at + 3])));
            }
        }
        relay.run();
    }

    private void run() throws IOException {
        long look = System.nanoTime();
        while (true) {
            long now = System.nanoTime();
            if (now - look >= 0) {
                if (lifeline.isOver()) {
                    break;
                }
                look = now + TICK_NANOS;
            }
            long next = look;
            for (Door door : doors) {
                next = Math.min(next - now, door.act(now) - now) + now;
            }
            select(next - System.nanoTime());
        }
        draining = true;
        for (Door door : doors) {
            door.close();
        }
        long end = System.nanoTime() + DRAIN_NANOS;
        while (!links.isEmpty() && end - System.nanoTime() > 0) {
            select(TICK_NANOS);
        }
    }

    private void select(long nanos) throws IOException {
        selector.select(key -> ((Ready) key.attachment()).ready(key), Math.max(1, nanos / 1_000_000));
    }

    /** Tells the content of a unit's file {@code run} from others. */
    static String mark(Path directory) {
        String run = run(directory);
        return run.length() + "-" + Integer.toHexString(run.hashCode());
    }

    private static String run(Path directory) {
        try {
            return Files.readString(directory.resolve("run"), StandardCharsets.ISO_8859_1);
        } catch (IOException noneYet) {
            return "";
        }
    }

    private static void say(String what) {
        // The standard error of a relay is its log file. It stays open.
        @SuppressWarnings("resource")
        FileOutputStream log = new FileOutputStream(FileDescriptor.err);
        try {
            log.write((what + "\n").getBytes(StandardCharsets.UTF_8));
        } catch (IOException full) {
            throw new IllegalStateException(what, full);
        }
    }

    /** What is called when a channel is ready. Handles its own failures. */
    private interface Ready {
        void ready(SelectionKey key);
    }

    /** Somewhere to listen, while there is somebody to connect to. */
    private final class Door implements Ready {
        private final SocketAddress listen;
        private final String target;
        private final int port;
        private @Nullable ServerSocketChannel channel;
        private @Nullable Link probe;
        private long next = System.nanoTime();
        private int attempts;
        private boolean told;

        /** The inner door, which is always open, since it says itself how connecting went. */
        Door(String target) throws IOException {
            this.target = target;
            this.port = 0;
            listen = UnixDomainSocketAddress.of(SOCKET);
            Files.deleteIfExists(Path.of(SOCKET));
            open();
            Files.setPosixFilePermissions(Path.of(SOCKET), PosixFilePermissions.fromString("rw-------"));
        }

        Door(InetSocketAddress listen, String target, int port) {
            this.listen = listen;
            this.target = target;
            this.port = port;
        }

        boolean isInner() {
            return port == 0;
        }

        /** Does what is due, and says when there is more. */
        long act(long now) throws IOException {
            if (channel != null) {
                SelectionKey key = channel.keyFor(selector);
                if (key.interestOps() == 0) {
                    key.interestOps(SelectionKey.OP_ACCEPT);
                }
            } else if (probe == null && now - next >= 0) {
                probe = new Link(this, null);
                probe.connect(target, port);
            }
            return channel != null || probe != null ? now + TICK_NANOS : next;
        }

        /** The software accepts connections. */
        void found() throws IOException {
            probe = null;
            attempts = 0;
            if (draining) {
                return;
            }
            try {
                open();
            } catch (IOException taken) {
                // Perhaps by the software itself, which listens on every address: then it needs no relay.
                if (!told) {
                    say("cannot listen on " + listen + ": " + taken.getMessage());
                    told = true;
                }
                next = System.nanoTime() + PATIENT_PAUSE_NANOS;
            }
        }

        /** The software does not accept connections, not yet or not any more. */
        void lost() throws IOException {
            probe = null;
            attempts++;
            next = System.nanoTime() + (attempts < EAGER_ATTEMPTS ? EAGER_PAUSE_NANOS : PATIENT_PAUSE_NANOS);
            if (!isInner()) {
                close();
            }
        }

        private void open() throws IOException {
            ServerSocketChannel opened =
                    isInner() ? ServerSocketChannel.open(StandardProtocolFamily.UNIX) : ServerSocketChannel.open();
            try {
                if (!isInner()) {
                    opened.setOption(StandardSocketOptions.SO_REUSEADDR, true);
                }
                opened.bind(listen, BACKLOG);
                opened.configureBlocking(false);
                opened.register(selector, SelectionKey.OP_ACCEPT, this);
                channel = opened;
            } catch (IOException failure) {
                opened.close();
                throw failure;
            }
        }

        void close() throws IOException {
            if (channel != null) {
                channel.close();
                channel = null;
            }
        }

        @Override
        public void ready(SelectionKey key) {
            try {
                ServerSocketChannel open = channel;
                SocketChannel client = open == null ? null : open.accept();
                while (client != null) {
                    Link link = new Link(this, client);
                    if (isInner()) {
                        link.awaitPort(target);
                    } else {
                        link.connect(target, port);
                    }
                    client = channel == null ? null : channel.accept();
                }
            } catch (IOException noMoreFiles) {
                if (key.isValid()) {
                    key.interestOps(0); // until the next tick; else this would go round and round
                }
            }
        }
    }

    /** A connection from one channel to another, or the attempt to make one. */
    private final class Link implements Ready {
        private final Door door;
        private final @Nullable Side client;
        private @Nullable Side target;
        private String address = "";
        private ByteBuffer talk = ByteBuffer.allocate(1);

        Link(Door door, @Nullable SocketChannel client) throws IOException {
            this.door = door;
            this.client = client == null ? null : new Side(client);
            links.add(this);
            if (this.client != null) {
                this.client.register(this, 0);
            }
        }

        void awaitPort(String from) {
            address = from;
            talk = ByteBuffer.allocate(2);
            if (client != null) {
                client.interest(SelectionKey.OP_READ);
            }
        }

        void connect(String to, int port) {
            try {
                boolean unix = to.equals("-");
                SocketChannel channel = unix ? SocketChannel.open(StandardProtocolFamily.UNIX) : SocketChannel.open();
                Side side = new Side(channel);
                target = side;
                side.register(this, 0);
                boolean connected =
                        channel.connect(unix ? UnixDomainSocketAddress.of(SOCKET) : new InetSocketAddress(to, port));
                if (unix) {
                    ByteBuffer wanted =
                            ByteBuffer.allocate(2).putShort((short) port).flip();
                    if (!connected || channel.write(wanted) < 2) {
                        throw new IOException("the inner relay is busy");
                    }
                    side.interest(SelectionKey.OP_READ);
                } else if (connected) {
                    established();
                } else {
                    side.interest(SelectionKey.OP_CONNECT);
                }
            } catch (IOException refused) {
                failed();
            }
        }

        @Override
        public void ready(SelectionKey key) {
            try {
                Side from = client != null && client.channel == key.channel() ? client : target;
                if (from == null) {
                    return;
                }
                if (from.other == null) {
                    greet(key, from);
                } else {
                    if (key.isWritable()) {
                        from.flush();
                    }
                    if (key.isValid() && key.isReadable()) {
                        from.pump();
                    }
                    settle(from, from.other);
                }
            } catch (IOException broken) {
                failed();
            }
        }

        /** What happens before bytes are forwarded. */
        private void greet(SelectionKey key, Side from) throws IOException {
            if (key.isConnectable()) {
                from.channel.finishConnect();
                established();
            } else if (key.isReadable()) {
                int count = from.channel.read(talk);
                if (count < 0) {
                    throw new IOException("closed");
                }
                if (talk.hasRemaining()) {
                    return;
                }
                talk.flip();
                if (from == client) {
                    from.interest(0);
                    connect(address, Short.toUnsignedInt(talk.getShort()));
                } else if (talk.get() == 1) {
                    established();
                } else {
                    throw new IOException("refused");
                }
            }
        }

        private void established() throws IOException {
            Side to = target;
            if (to == null) {
                return;
            }
            if (client == null) {
                close();
                door.found();
                return;
            }
            if (door.isInner()) {
                client.channel.write(ByteBuffer.wrap(new byte[] {1}));
            }
            client.other = to;
            to.other = client;
            client.direct();
            to.direct();
            settle(client, to);
        }

        private void settle(Side one, Side two) {
            if (one.isOver() && two.isOver()) {
                close();
            } else {
                one.settle();
                two.settle();
            }
        }

        private void failed() {
            boolean connected = client != null && client.other != null;
            try {
                if (client != null) {
                    if (door.isInner() && !connected) {
                        client.channel.write(ByteBuffer.wrap(new byte[1]));
                    } else {
                        client.reset();
                    }
                }
                if (target != null && connected) {
                    target.reset();
                }
            } catch (IOException goneAlready) {
                // Then there is nobody left to be told.
            }
            close();
            if (!connected) {
                try {
                    door.lost();
                } catch (IOException failure) {
                    say("cannot stop listening: " + failure.getMessage());
                }
            }
        }

        private void close() {
            links.remove(this);
            if (client != null) {
                client.close();
            }
            if (target != null) {
                target.close();
            }
        }
    }

    /** One end of a connection. */
    private final class Side {
        private final SocketChannel channel;
        private @Nullable Side other;
        private @Nullable ByteBuffer pending;
        private boolean ended;
        private boolean shut;

        Side(SocketChannel channel) {
            this.channel = channel;
        }

        void register(Link link, int interest) throws IOException {
            channel.configureBlocking(false);
            channel.register(selector, interest, link);
        }

        void interest(int operations) {
            SelectionKey key = channel.keyFor(selector);
            if (key != null && key.isValid()) {
                key.interestOps(operations);
            }
        }

        /** Small messages are forwarded when they come. */
        void direct() throws IOException {
            if (channel.supportedOptions().contains(StandardSocketOptions.TCP_NODELAY)) {
                channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
            }
        }

        /** Takes what has come and hands it to the other side. What that does not take at once waits, and so do we. */
        void pump() throws IOException {
            Side to = other;
            if (to == null || to.pending != null || ended) {
                return;
            }
            int most = Math.max(LEAST_BUFFER, Math.min(BUFFER, ALL_BUFFERS / Math.max(1, links.size() * 2)));
            shared.clear().limit(most);
            if (channel.read(shared) < 0) {
                ended = true;
                return;
            }
            shared.flip();
            try {
                to.channel.write(shared);
            } catch (IOException deaf) {
                // It may still have something to say, so only this direction is over.
                ended = true;
                to.shut = true;
                return;
            }
            if (shared.hasRemaining()) {
                to.pending = ByteBuffer.allocate(shared.remaining()).put(shared).flip();
            }
        }

        void flush() {
            if (pending != null) {
                try {
                    channel.write(pending);
                } catch (IOException deaf) {
                    pending = null;
                    shut = true;
                    if (other != null) {
                        other.ended = true;
                    }
                    return;
                }
                if (!pending.hasRemaining()) {
                    pending = null;
                }
            }
        }

        /** Passes the end of the other side on, and waits for what can happen next. */
        void settle() {
            Side from = other;
            if (from == null) {
                return;
            }
            if (from.ended && pending == null && !shut) {
                shut = true;
                try {
                    channel.shutdownOutput();
                } catch (IOException goneAlready) {
                    // What it may have sent before is still to be read.
                }
            }
            interest((!ended && from.pending == null ? SelectionKey.OP_READ : 0)
                    | (pending != null ? SelectionKey.OP_WRITE : 0));
        }

        /** Whether it has nothing more to say and has been told all. */
        boolean isOver() {
            return ended && pending == null && other != null && other.ended;
        }

        /** Closes so that the peer sees a broken connection and not the regular end of one. */
        void reset() throws IOException {
            if (channel.supportedOptions().contains(StandardSocketOptions.SO_LINGER)) {
                channel.setOption(StandardSocketOptions.SO_LINGER, 0);
            }
        }

        void close() {
            try {
                channel.close();
            } catch (IOException goneAlready) {
                // A socket that cannot be closed holds nothing any more.
            }
        }
    }

    /** Tells when the environment's main process has ended, by what its start wrote into the directory. */
    private static final class Lifeline {
        private static final int START_FIELD = 19; // field 22 of proc(5), counted behind the name

        private final Path directory;
        private final long startBy;
        private final String before;
        private long pid;
        private String start = "";

        Lifeline(Path directory, long startBy, String before) {
            this.directory = directory;
            this.startBy = startBy;
            this.before = before;
        }

        boolean isOver() {
            if (!Files.isDirectory(directory)) {
                return true;
            }
            if (pid != 0) {
                return !startOf(pid).equals(start);
            }
            String written = run(directory);
            if (written.endsWith("\n")) {
                String[] lines = written.split("\n", -1);
                String main = lines[lines.length - 2];
                long found = Long.parseLong(main.trim().split(" ", 2)[0]);
                String now = startOf(found);
                if (!now.isEmpty() && now.equals(main.indexOf(')') < 0 ? now : startIn(main))) {
                    pid = found;
                    start = now;
                    return false;
                }
                // What is new and names nobody alive is a main process that ended before we looked.
                if (!mark(directory).equals(before)) {
                    return true;
                }
            }
            return System.nanoTime() - startBy > 0;
        }

        /** When a process started; empty if it is gone. */
        private static String startOf(long pid) {
            if (!Files.exists(Path.of("/proc/self/stat"))) {
                return ProcessHandle.of(pid)
                        .filter(ProcessHandle::isAlive)
                        .flatMap(handle -> handle.info().startInstant())
                        .map(Object::toString)
                        .orElse("");
            }
            try {
                String line = Files.readString(Path.of("/proc/" + pid + "/stat"), StandardCharsets.ISO_8859_1);
                char state = line.charAt(line.lastIndexOf(')') + 2);
                return state == 'Z' || state == 'X' ? "" : startIn(line);
            } catch (IOException gone) {
                return "";
            }
        }

        private static String startIn(String line) {
            return line.substring(line.lastIndexOf(')') + 2).split(" ", -1)[START_FIELD];
        }
    }
}
