import Foundation
import Runtime
import Sealing
import Synchronization

@testable import Registry

/// What is true in a make-believe WeCom: which enterprise has authorized the template, by which permanent code. Whoever
/// asks gets that answer, or the failure that a test has planned.
final class WeComModel: Sendable {
    /// What goes wrong with a call.
    enum Failure: Sendable, Equatable {
        /// WeCom answers with this code and does nothing.
        case refused(Int)
        /// WeCom does it, and the answer is lost.
        case answerLost
    }

    /// When a reset gives the new code.
    enum Reset: Sendable {
        case atOnce, atExchange
        /// At the exchange, and the old one stays good beside it.
        case overlapping
    }

    fileprivate struct AuthCode {
        var corp: String
        var state: String?
        var isReset: Bool
        var isSpent = false
    }

    fileprivate struct State {
        var codes: [String: String] = [:]
        var formerCodes: [String: Set<String>] = [:]
        var authCodes: [String: AuthCode] = [:]
        var appless: Set<String> = []
        var ranges: [String: [Int]] = [:]
        var answered: [String: Set<String>] = [:]
        var failures: [String: [Failure]] = [:]
        var states: [String: String] = [:]
        var made = 0
        var gates: [String: Gate] = [:]
    }

    private let state = Mutex(State())
    let reset: Reset
    /// Whether a reset's code comes with the state of the link that was scanned.
    let tellsStateOfReset: Bool

    init(reset: Reset = .atExchange, tellsStateOfReset: Bool = true) {
        self.reset = reset
        self.tellsStateOfReset = tellsStateOfReset
    }

    /// The permanent code that is good now.
    func code(of corp: String) -> String? { state.withLock { $0.codes[corp] } }

    /// The permanent codes that the registry was told.
    func answered(of corp: String) -> Set<String> { state.withLock { $0.answered[corp] ?? [] } }

    /// Keeps the answer to the next call to a path about an enterprise until the gate is opened; what the call does is done.
    func hold(_ path: String, of corp: String) -> Gate {
        let gate = Gate()
        state.withLock { $0.gates["\(path) \(corp)"] = gate }
        return gate
    }

    /// Waits where a call's answer is kept.
    func pass(_ path: String, _ body: JSON) async {
        let corp = body["auth_corpid"].string ?? corp(ofCode: body["auth_code"].string)
        let gate = state.withLock { $0.gates.removeValue(forKey: "\(path) \(corp ?? "")") }
        await gate?.enter()
    }

    private func corp(ofCode code: String?) -> String? { state.withLock { $0.authCodes[code ?? ""]?.corp } }

    /// Plans failures for the next calls to a path about an enterprise.
    func fail(_ path: String, of corp: String, _ failures: Failure...) {
        state.withLock { $0.failures["\(path) \(corp)", default: []] += failures }
    }

    /// Plans nothing any more.
    func recover() { state.withLock { $0.failures = [:] } }

    /// An administrator agrees, or agrees again; the event that tells of it.
    func authorize(_ corp: String, state link: String) -> String {
        state.withLock { state in
            if state.codes[corp] == nil { state.codes[corp] = state.make("permanent") }
            state.states[corp] = link
            let code = state.make("auth")
            state.authCodes[code] = AuthCode(corp: corp, state: link, isReset: false)
            return Provider.createAuth(code, state: link, at: state.made)
        }
    }

    /// The enterprise removes the app.
    func cancel(_ corp: String) -> String {
        state.withLock { state in
            state.codes[corp] = nil
            state.formerCodes[corp] = nil
            for code in state.authCodes.keys where state.authCodes[code]?.corp == corp {
                state.authCodes[code]?.isSpent = true
            }
            _ = state.make("")
            return Provider.corpEvent("cancel_auth", corp: corp, at: state.made)
        }
    }

    /// The provider asks for a new secret.
    func resetCode(of corp: String) -> String {
        state.withLock { state in
            let code = state.make("auth")
            state.authCodes[code] = AuthCode(corp: corp, state: state.states[corp], isReset: true)
            if reset == .atOnce { state.codes[corp] = state.make("permanent") }
            return Provider.event(
                "reset_permanent_code",
                "<AuthCode><![CDATA[\(code)]]></AuthCode>",
                at: state.made
            )
        }
    }

    /// The visible range becomes another one.
    func change(_ corp: String) -> String {
        state.withLock { state in
            _ = state.make("")
            state.ranges[corp] = [state.made]
            return Provider.corpEvent("change_auth", corp: corp, at: state.made)
        }
    }

    /// Whether the app is made in the enterprise.
    func setApp(_ isMade: Bool, in corp: String) {
        state.withLock { state in
            state.appless.remove(corp)
            if !isMade { state.appless.insert(corp) }
        }
    }

    /// What WeCom answers; nil for a path that is not the model's.
    func answer(_ path: String, _ body: JSON) -> JSON? {
        switch path {
        case "service/v2/get_permanent_code": exchange(body["auth_code"].string ?? "")
        case "service/v2/get_auth_info":
            info(body["auth_corpid"].string ?? "", body["permanent_code"].string ?? "")
        default: nil
        }
    }

    private func exchange(_ code: String) -> JSON {
        state.withLock { state in
            guard let known = state.authCodes[code] else { return Self.refusal(40_078) }
            let failure = state.next("service/v2/get_permanent_code", known.corp)
            if case .refused(let code)? = failure { return Self.refusal(code) }
            guard !known.isSpent, state.codes[known.corp] != nil else { return Self.refusal(40_078) }
            state.authCodes[code]?.isSpent = true
            if known.isReset, reset != .atOnce {
                if reset == .overlapping, let old = state.codes[known.corp] {
                    state.formerCodes[known.corp, default: []].insert(old)
                }
                state.codes[known.corp] = state.make("permanent")
            }
            if failure == .answerLost { return Self.refusal(-1) }
            let permanent = state.codes[known.corp] ?? ""
            state.answered[known.corp, default: []].insert(permanent)
            var answer: [String: JSON] = [
                "permanent_code": .string(permanent),
                "auth_corp_info": ["corpid": .string(known.corp), "corp_name": .string("Corp \(known.corp)")],
            ]
            if let link = known.state, !known.isReset || tellsStateOfReset { answer["state"] = .string(link) }
            return .object(answer)
        }
    }

    private func info(_ corp: String, _ code: String) -> JSON {
        state.withLock { state in
            switch state.next("service/v2/get_auth_info", corp) {
            case .refused(let code): return Self.refusal(code)
            case .answerLost: return Self.refusal(-1)
            case nil: break
            }
            guard state.codes[corp] == code || state.formerCodes[corp]?.contains(code) == true else {
                return Self.refusal(40_084)
            }
            let range = state.ranges[corp] ?? [1]
            let agent: JSON = [
                "agentid": 1_000_012, "auth_mode": 0, "is_customized_app": true,
                "privilege": [
                    "allow_party": .array(range.map { .integer(Int64($0)) }), "allow_user": ["zhangsan"],
                    "allow_tag": [],
                ],
            ]
            return [
                "auth_corp_info": ["corpid": .string(corp), "corp_name": .string("Corp \(corp)")],
                "auth_info": ["agent": .array(state.appless.contains(corp) ? [] : [agent])],
            ]
        }
    }

    private static func refusal(_ code: Int) -> JSON {
        ["errcode": .integer(Int64(code)), "errmsg": "refused, hint: [1_2_3], from ip: 9.9.9.9, more info"]
    }
}

/// Where a call waits for its answer.
final class Gate: Sendable {
    private let calls = AsyncStream.makeStream(of: Void.self)
    private let openings = AsyncStream.makeStream(of: Void.self)

    fileprivate func enter() async {
        calls.continuation.finish()
        for await _ in openings.stream {}
    }

    /// Returns when a call waits.
    func waitForCall() async { for await _ in calls.stream {} }

    /// Lets the call have its answer.
    func open() { openings.continuation.finish() }
}

extension WeComModel.State {
    /// A text that there was not before.
    fileprivate mutating func make(_ what: String) -> String {
        made += 1
        return "\(what)-code-number-\(made)"
    }

    fileprivate mutating func next(_ path: String, _ corp: String) -> WeComModel.Failure? {
        let key = "\(path) \(corp)"
        guard let planned = failures[key], let first = planned.first else { return nil }
        failures[key] = Array(planned.dropFirst())
        return first
    }
}
