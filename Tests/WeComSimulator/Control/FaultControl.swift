import Hummingbird

/// Orders faults, sets limits, lifetimes and the clock, and counts calls.
struct FaultControl: Sendable {
    let simulator: Simulator

    func addRoutes(to group: RouterGroup<SimulatorContext>) {
        group.post("faults") { request, _ in
            let id = simulator.faults.insert(try Self.fault(try await request.json()))
            return Response.json(["id": .string(id)], status: .created)
        }
        group.get("faults") { _, _ in Response.json(["faults": JSON(simulator.faults.ids)]) }
        group.delete("faults") { _, _ in
            simulator.faults.remove()
            return Response.json([:])
        }
        group.delete("faults/:id") { _, context in
            simulator.faults.remove(try context.parameters.require("id"))
            return Response.json([:])
        }
        group.get("statistics") { _, _ in Response.json(statistics) }
        group.delete("statistics") { _, _ in
            simulator.statistics.reset()
            return Response.json([:])
        }
        group.put("limits") { request, _ in try await setLimits(request) }
        group.put("lifetimes") { request, _ in try await setLifetimes(request) }
        group.post("clock") { request, _ in
            simulator.clock.advance(seconds: try await request.json()["advanceSeconds"]?.number ?? 0)
            return Response.json(["now": .number(simulator.clock.now)])
        }
    }

    private static func fault(_ fields: JSON) throws -> Fault {
        let kind = try kind(fields)
        return Fault(
            path: try fields.required("path"),
            corpID: fields["corpID"]?.text,
            departmentID: fields["departmentID"]?.integer,
            parameters: try parameters(fields["parameters"]),
            kind: kind,
            seconds: fields["seconds"]?.number ?? (kind == .delay ? 1 : 0),
            duration: fields["forSeconds"]?.number.map { .seconds($0) },
            times: fields["times"]?.integer ?? kind.usualTimes,
            afterCalls: try fields.count("afterCalls", default: 0)
        )
    }

    private static func parameters(_ fields: JSON?) throws -> [String: String] {
        try (fields?.members ?? []).reduce(into: [:]) { parameters, member in
            guard let value = member.value.text ?? member.value.integer.map(String.init) else {
                throw refusal(.badRequest, "the field parameters holds texts and numbers")
            }
            parameters[member.name] = value
        }
    }

    private static func kind(_ fields: JSON) throws -> Fault.Kind {
        switch fields["kind"]?.text {
        case "errcode": .errcode(fields["code"]?.integer ?? -1)
        case "http": .http(fields["status"]?.integer ?? 502)
        case "truncate": .truncate
        case "empty": .empty
        case "short": .short
        case "change": .change(try OrganisationChange(fields["change"] ?? .null))
        case "delay": .delay
        case "disconnect": .disconnect
        case "garbage": .garbage
        default:
            throw refusal(
                .badRequest,
                "kind is errcode, http, truncate, empty, short, change, delay, disconnect or garbage"
            )
        }
    }

    private var statistics: JSON {
        let report = simulator.statistics.report
        let calls = report.counts.sorted { $0.key < $1.key }.map { path, counts in
            let refusals = counts.refusals.sorted { $0.key < $1.key }
            return JSON.Member(
                name: path,
                value: [
                    "calls": .integer(counts.calls), "maximumConcurrency": .integer(counts.maximumConcurrency),
                    "refusals": .object(refusals.map { .init(name: String($0.key), value: .integer($0.value)) }),
                ]
            )
        }
        return [
            "calls": .integer(report.counts.values.reduce(0) { $0 + $1.calls }),
            "maximumConcurrency": .integer(report.maximumConcurrency),
            "apis": .object(calls),
        ]
    }

    /// `callsPerMinute` and `concurrency`, for one corp or for all; `windowSeconds` shortens the minute.
    private func setLimits(_ request: Request) async throws -> Response {
        let fields = try await request.json()
        var limits = simulator.limits.general
        limits.callsPerWindow = try fields.count("callsPerMinute", default: limits.callsPerWindow)
        limits.concurrency = try fields.count("concurrency", default: limits.concurrency)
        limits.windowSeconds = fields["windowSeconds"]?.number ?? limits.windowSeconds
        simulator.limits.set(limits, corpID: fields["corpID"]?.text)
        return .json([
            "callsPerMinute": .integer(limits.callsPerWindow), "concurrency": .integer(limits.concurrency),
            "windowSeconds": .number(limits.windowSeconds),
        ])
    }

    private func setLifetimes(_ request: Request) async throws -> Response {
        let fields = try await request.json()
        var lifetimes = simulator.lifetimes.current
        for (name, path) in Lifetimes.names {
            lifetimes[keyPath: path] = try fields.count(name, default: lifetimes[keyPath: path])
        }
        simulator.lifetimes.current = lifetimes
        return .json(
            .object(Lifetimes.names.map { .init(name: $0.name, value: .integer(lifetimes[keyPath: $0.path])) })
        )
    }
}

extension Fault.Kind {
    /// How many calls it meets where nobody says: a change is made once, anything else lasts.
    fileprivate var usualTimes: Int? {
        if case .change = self { 1 } else { nil }
    }
}

extension Lifetimes {
    /// What the control API calls each.
    fileprivate static var names: [(name: String, path: WritableKeyPath<Lifetimes, Int>)] {
        [
            ("accessToken", \.accessToken), ("suiteToken", \.suiteToken), ("providerToken", \.providerToken),
            ("suiteTicket", \.suiteTicket), ("preAuthCode", \.preAuthCode), ("authCode", \.authCode),
            ("authorizationLink", \.authorizationLink), ("signInCode", \.signInCode), ("userTicket", \.userTicket),
        ]
    }
}
