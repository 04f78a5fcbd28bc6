import Foundation
import Messages
import Runtime
import Sealing
import Testing

@testable import Registry
@testable import WeCom

/// What a preflight makes of what it found out; the whole of it is tried against the simulator.
@Suite(.timeLimit(.minutes(5)))
struct PreflightFactsTests {
    /// A set-up in which all is well.
    private static func facts(
        _ kind: WeComConnection.Kind = .ownApp,
        corpID: String = "ww1e933be11645237c"
    ) throws -> PreflightFacts {
        var configuration = IdentityProviderConfiguration(
            id: .make(),
            tenant: .make(),
            enterpriseID: .make(),
            revision: Revision(rawValue: 1),
            name: try IdentityProviderName("test_123"),
            description: "x",
            mapping: [MappingRule(target: "displayName", kind: .direct, source: "name")]
        )
        configuration.mapping.append(MappingRule(target: "username", kind: .direct, source: "userid"))
        let secret = try TestRegistry.sealingKeys.seal(Secret("s"), context: configuration.id.description)
        configuration.connect(
            by: WeComConnection(kind: kind, corpID: corpID, agentID: 1_000_012, secret: secret)
        )
        var facts = PreflightFacts(configuration: configuration)
        facts.probe = .known(Probe(callerAddress: "203.0.113.7", date: HTTPDate(seconds: 1_000)))
        facts.clockDifference = 0
        facts.token = .known(true)
        facts.agent = .known(agent(visibility: Agent.Visibility(departmentIDs: [1])))
        facts.structure = .known(PreflightFacts.Structure(departments: [1, 2], hasNames: true))
        facts.people = .known(sample([#"{"errcode":0,"userid":"ann","name":"Ann"}"#], configuration))
        facts.hasNeighbour = false
        facts.hasProvider = true
        facts.ticketAge = .seconds(60)
        facts.silence = .seconds(60)
        return facts
    }

    private static func sample(_ people: [String], _ configuration: IdentityProviderConfiguration) -> PeopleSample {
        PeopleSample(people.map { Array($0.utf8) }, mappedBy: configuration)
    }

    private static func agent(
        visibility: Agent.Visibility?,
        domain: String? = "logon.example.com",
        publication: Agent.Publication? = nil
    ) -> Agent {
        Agent(
            id: AgentID(rawValue: 1_000_012)!,
            name: "SASE",
            visibility: visibility,
            isClosed: false,
            redirectDomain: domain,
            publication: publication
        )
    }

    private func check(_ name: PreflightCheck.Name, in facts: PreflightFacts) throws -> PreflightCheck {
        try #require(PreflightReport(facts).checks.first { $0.name == name })
    }

    @Test("where all is well every check passes or does not apply, each once and in order")
    func well() throws {
        for kind in WeComConnection.Kind.allCases {
            let report = PreflightReport(try Self.facts(kind))
            #expect(report.isComplete)
            #expect(report.callerAddress == "203.0.113.7")
            #expect(report.checks.map(\.name) == PreflightCheck.Name.allCases)
            let wrong = report.checks.filter { $0.outcome != .passed && $0.outcome != .notApplicable }
            #expect(wrong == [], "\(kind)")
        }
    }

    @Test("a clock that is off by more than two minutes fails, whichever way", arguments: [-121, 121, -120, 120])
    func clock(difference: Int64) throws {
        var facts = try Self.facts()
        facts.clockDifference = difference
        let check = try check(.clock, in: facts)
        #expect(check.outcome == (abs(difference) > 120 ? .failed : .passed))
        #expect(check.details?["differenceSeconds"] == .integer(difference))
        if check.outcome == .failed { #expect(check.whoActs == .operator) }
    }

    @Test(
        "a suite ticket is good for 30 minutes, and late after 20",
        arguments: [(-1, .failed), (60, .passed), (1_260, .warning), (1_860, .failed)]
            as [(Int64, PreflightCheck.Outcome)]
    )
    func tickets(age: Int64, outcome: PreflightCheck.Outcome) throws {
        var facts = try Self.facts(.customDevelopedApp)
        facts.ticketAge = age < 0 ? nil : .seconds(age)
        #expect(try check(.suiteTicket, in: facts).outcome == outcome)
        var own = try Self.facts()
        own.ticketAge = nil
        #expect(try check(.suiteTicket, in: own).outcome == .notApplicable)
    }

    @Test("a WeCom that has not called for half an hour cannot reach this installation")
    func silence() throws {
        var facts = try Self.facts(.customDevelopedApp)
        facts.silence = .seconds(31 * 60)
        #expect(try check(.callbacks, in: facts).outcome == .failed)
        facts.silence = nil
        #expect(try check(.callbacks, in: facts).outcome == .failed)
        facts.hasProvider = false
        #expect(try check(.callbacks, in: facts).outcome == .notApplicable)
    }

    @Test("an encrypted corp whose schema is not known is a warning that says where to find it")
    func schema() throws {
        let facts = try Self.facts(.customDevelopedApp, corpID: "wpOolDCwAAaNp2bgvLbNfaDiQwMy9vlQ")
        let check = try check(.schema, in: facts)
        #expect(check.outcome == .warning)
        #expect(check.fix?.contains("企业微信授权登录") == true)
    }

    @Test("a permanent code that WeCom no longer takes needs a new QR code, and not another secret")
    func lostCode() throws {
        var facts = try Self.facts(.customDevelopedApp)
        facts.token = .refused(WeComError(.api(40_001), path: "gettoken"))
        let token = try check(.token, in: facts)
        #expect(token.outcome == .failed)
        #expect(token.fix?.contains("QR code") == true)
        #expect(token.whoActs == .tenantAdministrator)
    }

    @Test("an address that is not trusted is named as WeCom names it, and nothing else is blamed")
    func address() throws {
        var facts = try Self.facts()
        let message = "not allow to access from your ip, hint: [1_2], from ip: 198.51.100.9, more info at …"
        facts.token = .refused(WeComError(.api(60_020), path: "gettoken", message: message))
        (facts.agent, facts.structure, facts.people) = (.missing, .missing, .missing)
        let report = PreflightReport(facts)
        #expect(report.callerAddress == "198.51.100.9")
        #expect(report.checks.filter { $0.outcome == .failed }.map(\.name) == [.callerAddress])
        #expect(try check(.callerAddress, in: facts).fix?.contains("198.51.100.9") == true)
        #expect(try check(.token, in: facts).outcome == .unknown)
        #expect(try check(.readableFields, in: facts).finding.contains("callerAddress"))
    }

    @Test("what WeCom did not answer is not known, and blamed on nobody")
    func unanswered() throws {
        var facts = try Self.facts()
        (facts.probe, facts.token, facts.clockDifference) = (.missing, .missing, nil)
        (facts.agent, facts.structure, facts.people) = (.missing, .missing, .missing)
        let report = PreflightReport(facts)
        #expect(!report.isComplete)
        #expect(report.checks.filter { $0.outcome == .failed } == [])
        var busy = try Self.facts()
        busy.agent = .refused(WeComError(.api(-1), path: "agent/get"))
        #expect(try check(.app, in: busy).outcome == .unknown)
    }

    @Test("people are counted by what comes of each, and nothing of theirs is in the report")
    func people() throws {
        var facts = try Self.facts()
        facts.configuration.mapping += [
            MappingRule(target: "email", kind: .direct, source: "email"),
            MappingRule(target: "mobile", kind: .direct, source: "mobile"),
        ]
        let people = [
            #"{"userid":"ann","name":"Ann Secret","mobile":"13800000000","gender":"1","extattr":{"attrs":[]}}"#,
            "{\"userid\":\"bob\",\"name\":\"Bob\u{1}\",\"mobile\":\"\",\"gender\":\"0\"}",
        ]
        facts.people = .known(Self.sample(people, facts.configuration))
        let fields = try check(.readableFields, in: facts)
        #expect(fields.outcome == .warning)
        #expect(fields.finding.contains("email") && !fields.finding.contains("mobile"))
        let counts = try #require(fields.details?["fields"])
        #expect(counts["name"] == 2)
        #expect(counts["mobile"] == 1)
        #expect(counts["gender"] == 1)
        let mapping = try check(.mapping, in: facts)
        #expect(mapping.outcome == .warning)
        #expect(mapping.details?["targets"]?["mobile"] == 1)
        let text = String(decoding: try JSONEncoder().encode(PreflightReport(facts)), as: UTF8.self)
        for secret in ["Ann", "Bob", "13800000000", "ann", "bob"] { #expect(!text.contains(secret), "\(secret)") }
    }

    @Test("names that are only ids are no names")
    func namedByID() throws {
        var facts = try Self.facts(.customDevelopedApp)
        facts.people = .known(Self.sample([#"{"userid":"woAA","name":"woAA"}"#], facts.configuration))
        let check = try check(.readableFields, in: facts)
        #expect(check.outcome == .failed)
        #expect(check.fix?.contains("contact:sensitive:user_name") == true)
    }
}
