package io.cofferdam.junit;

class LifecycleOnProcessTest extends LifecycleCases {
    @Override
    String engine() {
        return "process";
    }
}
