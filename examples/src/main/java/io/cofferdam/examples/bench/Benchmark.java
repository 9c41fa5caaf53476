package io.cofferdam.examples.bench;

/** One measurement. */
interface Benchmark {

    /** How many samples it takes unless told otherwise. */
    int samples();

    /** What it measures, as a clause. */
    String about();

    /** Measures. */
    Report measure(int samples, String image) throws Exception;
}
