package io.cofferdam.junit;

import io.cofferdam.environment.EnvironmentSpec;
import io.cofferdam.environment.IsolatedEnvironment;

/** The environments that all tests of the run share, and those that stay for later runs. */
final class RunEnvironments {

    private RunEnvironments() {}

    /** The one of that name and content, started now if nobody asked for it before. */
    static Member get(Session session, Declaration declaration) throws Exception {
        EnvironmentSpec content = declaration.preset().spec(session.engine.capabilities());
        String key = "environment " + declaration.name() + " " + ContentKey.of(content);
        return session.shared(key).get(Member.class, "'" + declaration.name() + "'", () -> start(session, declaration));
    }

    private static Member start(Session session, Declaration declaration) throws Exception {
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
}
