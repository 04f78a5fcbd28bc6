import SuiteTesting

/// Does what a round's faults say, each at its time and for as long as it lasts.
struct Adversary: Sendable {
    let field: Field
    let done: FaultTally

    /// Returns when the last fault is over. What goes wrong with a fault itself ends nothing else.
    func work(on round: Round) async {
        let start = ContinuousClock.now
        await withDiscardingTaskGroup { group in
            for fault in round.faults {
                group.addTask {
                    try? await Task.sleep(until: start + .milliseconds(fault.begin), clock: .continuous)
                    do {
                        try await befall(fault, round, since: start)
                        done.add(fault.kind)
                    } catch {
                        say("    \(fault) did not come about: \(error)")
                    }
                }
            }
        }
    }

    private func befall(_ fault: Fault, _ round: Round, since start: ContinuousClock.Instant) async throws {
        switch fault.kind {
        case .kill, .terminate, .restart, .freeze: try await befallProcess(fault)
        case .takeover: try await takeOver(fault)
        case .groups: try await resetGroup(fault)
        case .wecom: try await befallWeCom(fault)
        case .range: try await narrowRange(fault)
        case .moves: try await moveWhileRead(fault)
        case .events: try await befallEvents(fault)
        case .poison: try await poison(fault)
        case .echo: try await echo(fault)
        case .database, .broker, .network: try await befallConnections(fault)
        case .databaseStop: try await stop(field.servers.database, fault)
        case .brokerStop: try await stopBroker(fault)
        case .closing: try await close(fault, round, since: start)
        case .disk: try await fillDisk(fault)
        case .locks: try await lockTable(fault)
        case .clock: try await shiftClock(fault)
        case .topics: try await remakeTopic(fault)
        case .settings: try await changeSettings(fault)
        case .deletion: try await delete(fault)
        case .reconnection: try await reconnect(fault)
        }
    }

    /// Lets a fault last.
    func last(_ fault: Fault) async { try? await Task.sleep(for: .milliseconds(fault.lasting)) }

    /// There is no such server, or victim, in this attack.
    struct Impossible: Error, CustomStringConvertible {
        let description: String
    }

    func victim(of fault: Fault) throws -> Victim {
        guard let victim = fault.victim else { throw Impossible(description: "\(fault.kind.rawValue) has no victim") }
        return victim
    }

    /// The copies that it befalls.
    func copies(of fault: Fault) throws -> [Copy] {
        let victim = try victim(of: fault)
        return victim.copy == 0 ? field.copies(of: victim.service) : [field.copy(victim)]
    }

    func tenant(of fault: Fault) throws -> (number: Int, connected: ConnectedTenant) {
        guard let tenant = fault.tenant, field.tenants.indices.contains(tenant) else {
            throw Impossible(description: "\(fault.kind.rawValue) has no tenant")
        }
        return (tenant, field.tenants[tenant])
    }
}
