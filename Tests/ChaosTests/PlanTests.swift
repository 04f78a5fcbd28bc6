import Foundation
import SuiteTesting
import Testing

@testable import Chaos

@Suite struct PlanTests {
    private static func plan(seed: UInt64, kinds: [FaultKind] = FaultKind.allCases, longest: Int = 0) -> Plan {
        Plan(seed: seed, tenants: 8, copies: 2, kinds: kinds, longest: longest)
    }

    @Test("the same seed makes the same rounds, and another seed others")
    func pure() {
        let rounds = (1...40).map(Self.plan(seed: 7).round)
        #expect(rounds == (1...40).map(Self.plan(seed: 7).round))
        #expect(rounds.map(\.faults) != (1...40).map(Self.plan(seed: 8).round).map(\.faults))
        #expect(Self.plan(seed: 7).round(31) == rounds[30], "a round does not rest on those before it")
    }

    @Test("every kind comes up once before any comes up for the second time", arguments: [1, 2, 77, 4_711] as [UInt64])
    func everyKind(seed: UInt64) {
        let rounds = (1...14).map(Self.plan(seed: seed).round)
        #expect(Set(rounds.flatMap(\.faults).map(\.kind)) == Set(FaultKind.allCases))
    }

    @Test("only the kinds that are asked for, and a victim or a tenant wherever one is needed")
    func whole() {
        for number in 1...60 {
            for fault in Self.plan(seed: 3, kinds: [.kill, .closing, .brokerStop]).round(number).faults {
                #expect([.kill, .closing, .brokerStop].contains(fault.kind))
                #expect((fault.victim != nil) == (fault.kind == .kill))
                #expect((fault.tenant != nil) == (fault.kind == .closing))
            }
        }
    }

    @Test("what befalls the same process does so one after the other")
    func oneAfterTheOther() {
        for number in 1...200 {
            let faults = Self.plan(seed: 11, kinds: [.kill, .freeze, .groups]).round(number).faults
            for (index, fault) in faults.enumerated() {
                for other in faults[(index + 1)...] where befalls(other.victim, fault) {
                    #expect(other.begin > fault.end || fault.begin > other.end, "\(fault) and \(other)")
                }
            }
        }
    }

    @Test("while something lasts for minutes, other faults come")
    func company() {
        let rounds = (1...100).map(Self.plan(seed: 5, longest: 180_000).round).filter { $0.length > 60_000 }
        #expect(!rounds.isEmpty)
        for round in rounds { #expect(round.faults.count > round.length / 20_000, "\(round)") }
    }

    private func befalls(_ victim: Victim?, _ fault: Fault) -> Bool {
        guard let victim, let other = fault.victim, other.service == victim.service else { return false }
        let isWhole = fault.kind == .groups || other.copy == 0 || victim.copy == 0
        return isWhole || other.copy == victim.copy
    }

    @Test("faults last for minutes only where the attack is long")
    func lengths() {
        let short = (1...100).map(Self.plan(seed: 5, longest: 4_000).round)
        #expect(short.allSatisfy { $0.length < 60_000 })
        let long = (1...100).map(Self.plan(seed: 5, longest: 180_000).round)
        #expect(long.contains { $0.length > 60_000 })
    }

    @Test("a round survives being written down, and gets smaller until one fault of two tenants is left")
    func smaller() throws {
        let round = try #require((1...50).map(Self.plan(seed: 2).round).max { $0.faults.count < $1.faults.count })
        let read = try JSONDecoder().decode([Round].self, from: JSONEncoder().encode([round]))
        #expect(read == [round])
        var smallest = round
        while let next = smallest.smaller.first {
            #expect(next.faults.count < smallest.faults.count || next.tenants < smallest.tenants)
            smallest = next
        }
        #expect(smallest.faults.count == 1 && smallest.tenants <= 8)
        #expect(smallest.smaller.isEmpty)
    }

    @Test("the tenant who rests is none of those whom a fault befalls")
    func resting() {
        for number in 1...100 {
            let round = Self.plan(seed: 6).round(number)
            guard let resting = round.restingTenant else { continue }
            #expect(!round.faults.contains { $0.tenant == resting })
        }
    }
}
