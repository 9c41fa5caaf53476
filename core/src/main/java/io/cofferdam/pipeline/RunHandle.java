package io.cofferdam.pipeline;

import io.cofferdam.concurrent.Bounded;
import io.cofferdam.concurrent.Deadline;
import io.cofferdam.error.CofferdamException;
import io.cofferdam.error.NotFoundException;
import io.cofferdam.error.StorageException;
import io.cofferdam.error.WrongStateException;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;

/** A run as somebody sees it. */
record RunHandle(String id, EngineParts parts, @Nullable CompletableFuture<RunRecord> end, Runnable canceller)
        implements PipelineRun {

    @Override
    public RunRecord record() {
        return parts.store()
                .find(id)
                .orElseThrow(() -> new NotFoundException("there is no run '" + id + "' in the store any more"));
    }

    @Override
    public List<StepRecord> steps() {
        return parts.store().steps(id);
    }

    @Override
    public int progress() {
        List<StepRecord> steps = steps();
        long over = steps.stream().filter(step -> step.status().isTerminal()).count();
        return steps.isEmpty() ? 0 : (int) (over * 100 / steps.size());
    }

    @Override
    public RunRecord await(Duration timeout) {
        if (end == null) {
            RunRecord record = record();
            if (record.status().isTerminal()) {
                return record;
            }
            throw new WrongStateException("run '" + id + "' does not go on in this engine; resume it");
        }
        try {
            return Bounded.await(end, Deadline.in(timeout), "waiting for the end of run '" + id + "'");
        } catch (ExecutionException broken) {
            if (broken.getCause() instanceof CofferdamException ours) {
                throw ours;
            }
            throw new StorageException("run '" + id + "' was broken off: " + broken.getCause(), broken.getCause());
        }
    }

    @Override
    public CompletableFuture<RunRecord> completion() {
        return end == null ? CompletableFuture.completedFuture(record()) : end.copy();
    }

    @Override
    public void cancel() {
        canceller.run();
    }

    @Override
    public void copyOutput(String step, OutputStream stdout, OutputStream stderr) {
        if (steps().stream().noneMatch(each -> each.name().equals(step))) {
            throw new NotFoundException("run '" + id + "' has no step '" + step + "'");
        }
        RunFolder files = RunFolder.of(parts.directory(), id);
        try {
            StepLog.copy(files.stdout(step), stdout);
            StepLog.copy(files.stderr(step), stderr);
        } catch (IOException unreadable) {
            throw new StorageException(
                    "the output of step '" + step + "' of run '" + id + "' cannot be read: " + unreadable, unreadable);
        }
    }

    @Override
    public String toString() {
        return "PipelineRun[" + id + "]";
    }
}
