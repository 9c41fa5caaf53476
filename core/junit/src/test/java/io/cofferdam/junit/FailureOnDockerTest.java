package io.cofferdam.junit;

class FailureOnDockerTest extends FailureCases {
    @Override
    String engine() {
        return "docker";
    }
}
