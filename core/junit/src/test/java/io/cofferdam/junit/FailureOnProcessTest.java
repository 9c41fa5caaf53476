package io.cofferdam.junit;

class FailureOnProcessTest extends FailureCases {
    @Override
    String engine() {
        return "process";
    }
}
