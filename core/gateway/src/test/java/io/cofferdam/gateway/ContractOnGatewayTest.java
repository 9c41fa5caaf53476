package io.cofferdam.gateway;

import io.cofferdam.tck.TrafficRouterContract;
import io.cofferdam.traffic.TrafficRouter;

class ContractOnGatewayTest extends TrafficRouterContract {

    @Override
    protected TrafficRouter open() {
        return Gateway.inProcess();
    }
}
