package io.cofferdam.tck;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** What runs on this machine because of a test. */
final class Processes {

    private Processes() {}

    /** Those that finish what they began are waited for. */
    static void assertNoneMentions(Path folder) {
        List<ProcessHandle> left = ProcessHandle.allProcesses()
                .filter(process -> process.info().commandLine().orElse("").contains(folder.toString()))
                .toList();
        for (ProcessHandle process : left) {
            assertThat(process.onExit()
                            .completeOnTimeout(null, 20, TimeUnit.SECONDS)
                            .join())
                    .as("%s", process.info().commandLine())
                    .isNotNull();
        }
    }
}
