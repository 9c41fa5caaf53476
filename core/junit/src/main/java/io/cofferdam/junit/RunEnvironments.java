package io.cofferdam.junit;

import io.cofferdam.environment.EnvironmentSpec;
import io.cofferdam.environment.IsolatedEnvironment;
import io.cofferdam.environment.Lifetime;
import io.cofferdam.error.CofferdamException;
import io.cofferdam.error.NameTakenException;
import io.cofferdam.error.OperationInterruptedException;
import java.time.Duration;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The environments that all tests of the run share, and those that stay for later runs. */
final class RunEnvironments {

    private static final Logger LOG = LoggerFactory.getLogger(RunEnvironments.class);

    private RunEnvironments() {}

    /** The one of that name and content, started now if nobody asked for it before. */
    static Member get(Session session, Declaration declaration) throws Exception {
        EnvironmentSpec content = declaration.preset().spec(session.engine.capabilities());
        String key = "environment " + declaration.name() + " " + ContentKey.of(content);
        return session.shared(key).get(Member.class, "'" + declaration.name() + "'", () -> start(session, declaration));
    }

    private static Member start(Session session, Declaration declaration) throws Exception {
        Duration time = declaration.reuse();
        if (time != null && session.settings.reuses()) {
            return reused(session, declaration, time);
        }
        String name = session.unique(declaration.name());
        String stack =
                declaration.stack().isEmpty() ? session.runStack() : session.runStack() + "-" + declaration.stack();
        EnvironmentSpec spec =
                Starts.spec(session, declaration, name, "").stack(stack).build();
        session.histories.begin(name);
        IsolatedEnvironment environment = session.engine.environments().run(spec);
        Member member = new Member(session, declaration, environment, null, false);
        try {
            member.remember();
        } catch (Exception failed) {
            member.close();
            throw failed;
        }
        return member;
    }

    /** The one of an earlier run with the same content, or a new one that later runs can take. */
    private static Member reused(Session session, Declaration declaration, Duration time) {
        EnvironmentSpec content = declaration.preset().spec(session.engine.capabilities());
        String suffix = "-reuse-" + ContentKey.of(content);
        int room = Member.LONGEST_NAME - suffix.length();
        String name =
                declaration.name().substring(0, Math.min(declaration.name().length(), room)) + suffix;
        session.histories.begin(name);
        IsolatedEnvironment environment = found(session, name).orElseGet(() -> {
            EnvironmentSpec spec = Starts.spec(session, declaration, name, "")
                    .stack(name)
                    .lifetime(Lifetime.ttl(time))
                    .build();
            try {
                return session.engine.environments().run(spec);
            } catch (NameTakenException madeMeanwhile) {
                return found(session, name).orElseThrow(() -> madeMeanwhile);
            }
        });
        return new Member(session, declaration, environment, null, true);
    }

    /** One that cannot be made to run any more is removed. */
    private static Optional<IsolatedEnvironment> found(Session session, String name) {
        Optional<IsolatedEnvironment> there = session.engine.environments().find(name);
        if (there.isEmpty()) {
            return there;
        }
        try {
            there.get().start();
            return there;
        } catch (OperationInterruptedException interrupted) {
            throw interrupted;
        } catch (CofferdamException broken) {
            LOG.warn("'{}' of an earlier run does not run any more and is made anew: {}", name, broken.getMessage());
            there.get().remove();
            return Optional.empty();
        }
    }
}
