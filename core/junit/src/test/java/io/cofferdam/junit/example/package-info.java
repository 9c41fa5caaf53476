/**
 * An example as a test author writes it: {@link io.cofferdam.junit.example.OrdersExample} runs unchanged on every engine, which the
 * system property {@code cofferdam.engine} chooses.
 */
package io.cofferdam.junit.example;
