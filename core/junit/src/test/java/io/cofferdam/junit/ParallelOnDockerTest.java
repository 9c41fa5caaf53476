package io.cofferdam.junit;

class ParallelOnDockerTest extends ParallelCases {
    @Override
    String engine() {
        return "docker";
    }
}
