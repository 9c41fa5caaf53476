package io.cofferdam.junit;

class KilledOnDockerTest extends KilledCases {
    @Override
    String engine() {
        return "docker";
    }
}
