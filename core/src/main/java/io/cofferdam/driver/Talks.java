package io.cofferdam.driver;

import io.cofferdam.environment.Attachment;
import io.cofferdam.environment.ExecResult;
import io.cofferdam.environment.ExecSession;
import io.cofferdam.environment.ExecSpec;
import io.cofferdam.environment.TerminalSize;
import java.io.OutputStream;
import java.time.Duration;

/** The handles to conversations with processes. */
final class Talks {

    private Talks() {}

    /** With a command. */
    record Exec(Conversation<ExecResult> conversation, ExecSpec spec) implements ExecSession {

        @Override
        public OutputStream stdin() {
            return conversation.stdin();
        }

        @Override
        public void resize(TerminalSize size) {
            if (spec.terminal().isEmpty()) {
                throw new IllegalStateException("'" + spec.command().get(0) + "' was started without a terminal");
            }
            conversation.resize(size);
        }

        @Override
        public ExecResult await(Duration timeout) {
            return conversation.await(timeout);
        }

        @Override
        public void close() {
            conversation.close();
        }
    }

    /** With a main process. */
    record Attached(Conversation<Boolean> conversation) implements Attachment {

        @Override
        public OutputStream stdin() {
            return conversation.stdin();
        }

        @Override
        public void resize(TerminalSize size) {
            conversation.resize(size);
        }

        @Override
        public boolean awaitEnd(Duration timeout) {
            return conversation.awaitEnd(timeout);
        }

        @Override
        public void close() {
            conversation.close();
        }
    }
}
