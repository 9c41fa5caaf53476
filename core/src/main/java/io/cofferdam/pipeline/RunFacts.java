package io.cofferdam.pipeline;

import io.cofferdam.internal.redact.SecretMask;
import java.nio.file.Path;
import java.util.Map;

/**
 * What holds for all of a run.
 *
 * @param run its identifier
 * @param pipeline its pipeline
 * @param variables its variables
 * @param secrets the values of the secrets it refers to
 * @param mask what masks them
 * @param folder the folder relative paths are taken from
 * @param files where its files are
 */
record RunFacts(
        String run,
        Pipeline pipeline,
        Variables variables,
        Map<String, String> secrets,
        SecretMask mask,
        Path folder,
        RunFolder files) {

    /** Not the secrets. */
    @Override
    public String toString() {
        return "RunFacts[" + run + "]";
    }
}
