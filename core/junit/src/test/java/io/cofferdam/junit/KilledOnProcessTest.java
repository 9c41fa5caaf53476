package io.cofferdam.junit;

class KilledOnProcessTest extends KilledCases {
    @Override
    String engine() {
        return "process";
    }
}
