package io.cofferdam.junit;

import io.cofferdam.Cofferdam;
import io.cofferdam.concurrent.Threads;
import io.cofferdam.engine.Orchestrator;
import io.cofferdam.environment.EnvironmentEvent;
import io.cofferdam.event.Subscription;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.extension.ExtensionContext;

/** One engine that is open for the run, and what all tests on it share. Closed by the platform at the end of the run. */
@SuppressWarnings("deprecation") // JUnit before 5.13 closes these only, later ones warn unless it is both.
final class Session implements ExtensionContext.Store.CloseableResource, AutoCloseable {

    private static final int RADIX = 36;
    private static final int LEAST = RADIX * RADIX * RADIX * RADIX;

    final Orchestrator engine;
    final Settings settings;
    final Histories histories = new Histories();
    final Threads threads = Threads.named("cofferdam-junit");

    /** Told by no two runs that go on at the same time. */
    private final String run = Integer.toString(ThreadLocalRandom.current().nextInt(LEAST, LEAST * RADIX), RADIX);

    private final AtomicInteger numbers = new AtomicInteger();
    private final Subscription subscription;
    private final Map<String, Shared> shared = new ConcurrentHashMap<>();

    private Session(Orchestrator engine, Settings settings) {
        this.engine = engine;
        this.settings = settings;
        this.subscription = engine.events().subscribe(EnvironmentEvent.class, histories::heard);
    }

    static Session open(String engine, Settings settings) {
        Orchestrator opened = engine.isEmpty()
                ? Cofferdam.open(settings.engineConfig())
                : Cofferdam.open(engine, settings.engineConfig());
        try {
            return new Session(opened, settings);
        } catch (RuntimeException failed) {
            opened.close();
            throw failed;
        }
    }

    /** A name on the engine that nobody else has. */
    String unique(String name) {
        String suffix = "-" + run + "-" + Integer.toString(numbers.incrementAndGet(), RADIX);
        int room = Member.LONGEST_NAME - suffix.length();
        String begin =
                name.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9-]", "-").replaceAll("^-+", "");
        begin = begin.length() > room ? begin.substring(0, room) : begin;
        return (begin.isEmpty() ? "test" : begin) + suffix;
    }

    /** The name of the network of the environments of the run. */
    String runStack() {
        return "run-" + run;
    }

    /** What is one for the run, made when it is first asked for. */
    Shared shared(String key) {
        return shared.computeIfAbsent(key, missing -> new Shared());
    }

    @Override
    public void close() {
        try {
            shared.values().forEach(Shared::close);
        } finally {
            try {
                subscription.close();
                threads.close();
            } finally {
                engine.close();
            }
        }
    }
}
