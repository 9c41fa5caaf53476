package io.cofferdam.gateway;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.cofferdam.concurrent.Deadline;
import io.cofferdam.error.EngineUnavailableException;
import io.cofferdam.traffic.TrafficRouter;
import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.ByteToMessageDecoder;
import io.netty.handler.codec.compression.ZlibWrapper;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.ssl.SslHandler;
import io.netty.resolver.AddressResolverGroup;
import io.netty.util.AttributeKey;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.CodeSource;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;

/** Starts the process of a detached gateway. */
final class GatewayLaunch {

    /** One class of each jar the process needs. */
    private static final List<Class<?>> PARTS = List.of(
            GatewayLaunch.class,
            TrafficRouter.class,
            ObjectMapper.class,
            JsonParser.class,
            JsonCreator.class,
            Logger.class,
            HttpRequest.class,
            ByteToMessageDecoder.class,
            ZlibWrapper.class,
            SslHandler.class,
            Bootstrap.class,
            ByteBuf.class,
            AddressResolverGroup.class,
            AttributeKey.class);

    private static final List<String> SMALL = List.of(
            "-Xms8m",
            "-Xmx64m",
            "-Xss512k",
            "-XX:+UseSerialGC",
            "-XX:MaxDirectMemorySize=48m",
            "-XX:ReservedCodeCacheSize=48m",
            "-XX:MaxMetaspaceSize=64m",
            "-Xshare:auto",
            "-Dio.netty.allocator.numHeapArenas=1",
            "-Dslf4j.internal.verbosity=ERROR", // nothing to bind to: what Netty warns of goes to the log without it
            "-Dfile.encoding=UTF-8");

    private static final Set<String> INHERITED = Set.of("PATH", "LANG", "LC_ALL", "TZ", "SystemRoot", "TEMP", "TMP");

    /** File locks are for processes; this one is for the threads of this one. */
    private static final ReentrantLock STARTING = new ReentrantLock();

    private final Path folder;

    GatewayLaunch(Path folder) {
        this.folder = folder;
    }

    /** Starts the process unless somebody else just did. Returns when it can be spoken to. */
    void start(Deadline deadline) throws IOException {
        STARTING.lock();
        try (FileChannel file = open("start.lock");
                FileLock only = file.lock()) {
            if (only.isValid() && awaitFree(deadline)) {
                launch(deadline);
            }
        } finally {
            STARTING.unlock();
        }
    }

    private FileChannel open(String name) throws IOException {
        return FileChannel.open(folder.resolve(name), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    }

    /** False if a process runs that answers. One that is about to end holds the lock for a moment longer. */
    private boolean awaitFree(Deadline deadline) throws IOException {
        while (!deadline.isExpired()) {
            try (FileChannel file = open("gateway.lock");
                    FileLock lock = file.tryLock()) {
                if (lock != null) {
                    return true;
                }
            }
            if (Files.exists(Control.socket(folder).getPath())) {
                return false;
            }
            pause();
        }
        throw deadline.timeout("waiting for the end of the gateway's last process", null);
    }

    /** Waits until no process runs. */
    void awaitEnd() throws IOException {
        while (true) {
            try (FileChannel file = open("gateway.lock");
                    FileLock lock = file.tryLock()) {
                if (lock != null) {
                    return;
                }
            }
            pause();
        }
    }

    private static void pause() throws IOException {
        try {
            TimeUnit.MILLISECONDS.sleep(5);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new java.nio.channels.ClosedByInterruptException();
        }
    }

    private void launch(Deadline deadline) throws IOException {
        Path log = folder.resolve("gateway.log");
        List<String> words = new ArrayList<>(ownSession());
        words.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        words.addAll(SMALL);
        words.addAll(List.of("-cp", classPath(), GatewayProcess.class.getName(), folder.toString()));
        ProcessBuilder builder = new ProcessBuilder(words)
                .redirectInput(ProcessBuilder.Redirect.from(new File("/dev/null")))
                .redirectError(log.toFile())
                .directory(folder.toFile());
        builder.environment().keySet().retainAll(INHERITED);
        Process process = builder.start();
        // The pipe ends when the process does, and when it has said that it is ready.
        try (InputStream said = process.getInputStream()) {
            byte[] word = said.readAllBytes();
            if (!new String(word, StandardCharsets.UTF_8).strip().equals(GatewayProcess.READY)) {
                throw new EngineUnavailableException(
                        "could not start the gateway of " + folder + ": its process ended at once; " + lastLines(log));
            }
        } catch (IOException e) {
            process.destroyForcibly();
            deadline.check("starting the gateway of " + folder);
            throw e;
        }
    }

    private static String lastLines(Path log) {
        try {
            List<String> lines = Files.readAllLines(log);
            return lines.isEmpty()
                    ? "it wrote nothing"
                    : "it wrote: " + String.join(" | ", lines.subList(Math.max(0, lines.size() - 5), lines.size()));
        } catch (IOException unreadable) {
            return "its log cannot be read";
        }
    }

    /** Signals to this JVM's process group and the end of its terminal are not for the gateway. */
    private static List<String> ownSession() {
        for (String place :
                System.getenv().getOrDefault("PATH", "/usr/bin:/bin").split(File.pathSeparator, -1)) {
            Path setsid = Path.of(place, "setsid");
            if (!place.isEmpty() && Files.isExecutable(setsid)) {
                return List.of(setsid.toString());
            }
        }
        Path shell = Path.of("/bin/sh");
        return Files.isExecutable(shell)
                ? List.of(shell.toString(), "-c", "trap '' HUP INT QUIT; exec \"$@\"", "cofferdam-gateway")
                : List.of();
    }

    private String classPath() throws IOException {
        Set<String> places = new LinkedHashSet<>();
        for (Class<?> part : PARTS) {
            places.add(place(part).toString());
        }
        return String.join(File.pathSeparator, places);
    }

    /** A jar within a jar cannot be on a class path, so it is copied to the folder. */
    private Path place(Class<?> part) throws IOException {
        CodeSource source = part.getProtectionDomain().getCodeSource();
        if (source == null || source.getLocation() == null) {
            throw new IOException("it is not known where " + part.getName() + " was loaded from");
        }
        URL location = source.getLocation();
        try {
            if (location.getProtocol().equals("file")) {
                return Path.of(location.toURI());
            }
            return copy(part, location);
        } catch (URISyntaxException | UncheckedIOException e) {
            throw new IOException("the jar of " + part.getName() + " cannot be copied from " + location, e);
        }
    }

    private Path copy(Class<?> part, URL location) throws IOException, URISyntaxException {
        String inner = location.toString();
        String jar = inner.endsWith("!/") ? inner.substring(0, inner.length() - 2) : inner;
        Path copies = Files.createDirectories(folder.resolve("lib"));
        Path copy = copies.resolve(part.getName() + ".jar");
        Path next = copies.resolve(UUID.randomUUID() + ".part");
        try (InputStream bytes = new URI(jar).toURL().openStream()) {
            Files.copy(bytes, next);
            Files.move(next, copy, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } finally {
            Files.deleteIfExists(next);
        }
        return copy;
    }
}
