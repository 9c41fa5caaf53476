package io.cofferdam.junit;

class LifecycleOnDockerTest extends LifecycleCases {
    @Override
    String engine() {
        return "docker";
    }
}
