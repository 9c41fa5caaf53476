/**
 * The back end that runs environments as containers of a Docker Engine. Start reading at
 * {@link io.cofferdam.docker.DockerProvider}, then {@code DockerDriver}, which hands every operation to a small class:
 * {@code EngineSearch} finds the engine, {@code EngineHttp} talks to it, {@code Containers}, {@code Exec},
 * {@code Logs}, {@code EventStream}, {@code Archives}, {@code DockerNetworks}, {@code DockerVolumes} and
 * {@code DockerImages} do the work. Looks at core only.
 */
@NullMarked
package io.cofferdam.docker;

import org.jspecify.annotations.NullMarked;
