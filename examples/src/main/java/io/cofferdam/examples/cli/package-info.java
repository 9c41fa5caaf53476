/**
 * The command line: one class per command, each a thin layer over an orchestrator. Start reading at
 * {@link io.cofferdam.examples.cli.CofferdamCommand}; what the commands print and which exit codes they use is written in
 * {@code examples/CLI.md}.
 */
@NullMarked
package io.cofferdam.examples.cli;

import org.jspecify.annotations.NullMarked;
