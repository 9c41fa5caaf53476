package io.cofferdam.tck;

import static org.assertj.core.api.Assertions.assertThat;

import io.cofferdam.pipeline.RunStatus;
import io.cofferdam.pipeline.RunStore;
import io.cofferdam.pipeline.StepStatus;
import io.cofferdam.pipeline.jdbc.JdbcRunStore;
import java.nio.file.Path;
import java.util.List;
import org.h2.jdbcx.JdbcDataSource;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunStoreOnH2Test extends RunStoreContract {

    @TempDir
    private Path folder;

    private JdbcDataSource source(String name) {
        JdbcDataSource source = new JdbcDataSource();
        source.setURL("jdbc:h2:file:" + folder.resolve(name) + ";WRITE_DELAY=0");
        source.setUser("cofferdam");
        return source;
    }

    @Override
    RunStore open() {
        return JdbcRunStore.open(source("rules"));
    }

    @Test
    @DisplayName("a store that is opened again has what was written")
    void openedAgain() {
        try (RunStore store = JdbcRunStore.open(source("again"))) {
            store.create(run("r", RunStatus.RUNNING, 1), List.of(step(0, StepStatus.PENDING, "{}")), List.of(event(1)));
        }

        try (RunStore store = JdbcRunStore.open(source("again"))) {
            assertThat(store.find("r")).contains(run("r", RunStatus.RUNNING, 1));
            assertThat(store.steps("r")).containsExactly(step(0, StepStatus.PENDING, "{}"));
        }
    }
}
