package io.cofferdam.junit;

class ParallelOnProcessTest extends ParallelCases {
    @Override
    String engine() {
        return "process";
    }
}
