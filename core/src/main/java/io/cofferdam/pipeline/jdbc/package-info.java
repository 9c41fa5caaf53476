/** Runs of pipelines in a database; start at {@link io.cofferdam.pipeline.jdbc.JdbcRunStore}. */
@NullMarked
package io.cofferdam.pipeline.jdbc;

import org.jspecify.annotations.NullMarked;
