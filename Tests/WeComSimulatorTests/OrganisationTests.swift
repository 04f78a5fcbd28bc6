import NIOCore
import Testing

@testable import WeComSimulator

@Suite(.timeLimit(.minutes(5)))
struct OrganisationTests {
    private static let large = Organisation(
        Blueprint(seed: 5, userCount: 5_000, departmentCount: 400),
        named: "大企业"
    )

    private func everybody(_ organisation: Organisation) -> [User] {
        organisation.numbers.compactMap { organisation.user(numbered: $0) }
    }

    @Test("the same seed makes the same people, ids and departments in another corp")
    func sameSeed() {
        let again = Organisation(Self.large.blueprint, named: "大企业")
        #expect(again.departments == Self.large.departments)
        #expect(everybody(again) == everybody(Self.large))
    }

    @Test("another seed makes other people")
    func otherSeed() {
        let other = Organisation(Blueprint(seed: 6, userCount: 5_000, departmentCount: 400), named: "大企业")
        let same = zip(everybody(other), everybody(Self.large)).count { $0.name == $1.name }
        #expect(same < 500)
    }

    @Test("two of a hundred people work in a second department")
    func memberships() {
        let users = everybody(Self.large)
        #expect(users.reduce(0) { $0 + $1.memberships.count } == 5_100)
        #expect(users.allSatisfy { Set($0.departments).count == $0.departments.count })
        #expect(Self.large.departments.keys.reduce(0) { $0 + Self.large.memberCount(of: $1) } == 5_100)
    }

    @Test("user IDs are well formed, unique without regard to case, and found in any case")
    func userIDs() {
        let users = everybody(Self.large)
        #expect(Set(users.map { User.key($0.id) }).count == users.count)
        #expect(users.allSatisfy { UserEndpoints.isWellFormed($0.id) })
        for user in users.prefix(1_100) {
            #expect(Self.large.user(user.id.uppercased()) == user)
        }
    }

    @Test("the tree is as deep as WeCom allows and no deeper, and names are unique among siblings")
    func tree() {
        let departments = Self.large.departments
        #expect(departments.count == 400)
        func depth(_ id: Int) -> Int { id == 0 ? 0 : 1 + depth(departments[id]?.parentID ?? 0) }
        #expect(departments.keys.map(depth).max() == 15)
        #expect(Set(departments.values.map { "\($0.parentID)/\($0.name)" }).count == 400)
        let forbidden = Set("\\:*?\"<>|")
        #expect(
            departments.values.allSatisfy { (1...64).contains($0.name.count) && forbidden.isDisjoint(with: $0.name) }
        )
        #expect(Self.large.subtree(of: 1).count == 400)
    }

    @Test("leaders lead a department in which they work")
    func leaders() {
        for department in Self.large.departments.values {
            for leader in department.leaders {
                #expect(Self.large.user(leader)?.departments.contains(department.id) == true)
            }
        }
        #expect(Self.large.departments.values.contains { !$0.leaders.isEmpty })
    }

    @Test("the odd cases are there: no e-mail key, empty mobile, long names, emoji, control characters, every status")
    func oddCases() {
        let users = everybody(Self.large)
        #expect(users.contains { $0.email == nil })
        #expect(users.contains { $0.mobile?.isEmpty == true })
        #expect(users.contains { $0.mobile == nil })
        #expect(users.contains { $0.name.count == 64 })
        #expect(users.contains { $0.name.contains("😀") })
        #expect(users.contains { $0.position.contains("\t") })
        #expect(users.contains { $0.id.utf8.count == 64 })
        #expect(Set(users.map(\.status)) == [.active, .disabled, .notActivated, .left])
        #expect(users.allSatisfy { (1...64).contains($0.name.count) })
    }

    @Test("a user takes about 545 bytes on the wire")
    func size() {
        let view = View(.init(range: .wholeCorp, fields: .all, parentOfRoots: .real), of: Self.large)
        var writer = JSONWriter()
        let people = view.people(in: Self.large)
        writer.array(everybody(Self.large)) { people.write($1, to: &$0) }
        let average = writer.buffer.readableBytes / 5_000
        #expect((525...565).contains(average), "\(average)")
    }
}
