import JSONCoding
import Messages
import Testing

@testable import Mapping

@Suite(.timeLimit(.minutes(5)))
struct ContentHashTests {
    @Test("the same content has the same hash, however it came")
    func sameContent() throws {
        let plain = try hash(#"{"userid":"a","name":"é/","department":[1,2],"order":[5,6],"direct_leader":["x","y"]}"#)
        let other = try hash(
            #"{"direct_leader":["y","x"] , "order":[6,5],"department":[2,1],"name":"\u00e9\/","userid":"a","avatar":"new"}"#
        )
        #expect(plain == other)
    }

    @Test("absent and empty differ, and no text runs into the next", arguments: Self.pairs)
    func differentContent(pair: [String]) throws {
        #expect(try hash(pair[0]) != hash(pair[1]))
    }

    private static let pairs = [
        [#"{"userid":"a"}"#, #"{"userid":"a","name":""}"#],
        [#"{"userid":"a","name":"b"}"#, #"{"userid":"a","alias":"b"}"#],
        [#"{"userid":"a","mobile":"12","telephone":"3"}"#, #"{"userid":"a","mobile":"1","telephone":"23"}"#],
        [#"{"userid":"a","status":1}"#, #"{"userid":"a","status":2}"#],
        [#"{"userid":"a","department":[1]}"#, #"{"userid":"a","department":[1],"is_leader_in_dept":[1]}"#],
        [#"{"userid":"a","department":[1],"order":[2]}"#, #"{"userid":"a","department":[2],"order":[1]}"#],
        [#"{"userid":"a","main_department":1}"#, #"{"userid":"a","main_department":0}"#],
        [#"{"userid":"a","direct_leader":["xy"]}"#, #"{"userid":"a","direct_leader":["x","y"]}"#],
        [#"{"userid":"a"}"#, #"{"userid":"A"}"#],
        [#"{"userid":"a"}"#, #"{"userid":"a","status":1}"#],
        [#"{"userid":"a"}"#, #"{"userid":"a","department":[]}"#],
        [#"{"userid":"a"}"#, #"{"userid":"a","direct_leader":[]}"#],
        [#"{"userid":"a"}"#, #"{"userid":"a","main_department":0}"#],
    ]

    @Test(
        "of departments, too, absent and empty differ",
        arguments: [#""parentid":0"#, #""order":0"#, #""department_leader":[]"#, #""name":"""#, #""name_en":"""#]
    )
    func departments(member: String) throws {
        let hashes = try [#"[{"id":1}]"#, #"[{"id":1,\#(member)}]"#].map {
            try PageMapping.map(departments: .departments($0)).departments.map(\.contentHash)
        }
        #expect(hashes[0] != hashes[1])
    }

    @Test("extended fields count, in whatever order they are ruled")
    func extendedFields() {
        var one = UserRecord(externalID: "a", contentHash: .zero)
        one.attributes = ["k1": "v1", "k2": "v2"]
        var other = UserRecord(externalID: "a", contentHash: .zero)
        other.attributes = ["k2": "v2"]
        #expect(one.digest() != other.digest())
        other.attributes["k1"] = "v1"
        #expect(one.digest() == other.digest())
        other.attributes = ["k1": "v1k2", "": "v2"]
        #expect(one.digest() != other.digest())
    }

    @Test("any two random records have the same hash only if they are equal")
    func randomRecords() {
        var generator = SystemRandomNumberGenerator()
        var records: [ContentDigest: UserRecord] = [:]
        for _ in 0..<20_000 {
            let record = UserRecord.random(&generator)
            let digest = record.digest()
            if let known = records[digest] { #expect(known == record) }
            records[digest] = record
        }
    }

    @Test("the form that is digested stays as it is")
    func stableForm() {
        var record = UserRecord(externalID: "ZhangSan", contentHash: .zero)
        record.displayName = "张三"
        record.memberships = [UserRecord.Membership(department: 2, order: 1, isLeader: true)]
        record.attributes = ["badge": "42"]
        #expect(record.digest().description == "9470b0e23adc4ba24a9db58c845d8aa8")
        let department = DepartmentRecord(externalID: 2, parentID: 1, name: "研发", order: 7, contentHash: .zero)
        #expect(department.digest().description == "8fe24d24daf90e4c1866e96d4c1f8e00")
    }

    private func hash(_ user: String) throws -> ContentDigest {
        let batch = try PageMapping.map(users: .users("[\(user)]"), by: CompiledMapping(MappingRule.defaults))
        return try #require(batch.users.first).contentHash
    }
}

extension UserRecord {
    /// A record out of so few values that two of them are often equal.
    fileprivate static func random(_ generator: inout some RandomNumberGenerator) -> UserRecord {
        func text() -> String? { ["", "a", "b", "ab", nil].randomElement(using: &generator) ?? nil }
        var record = UserRecord(externalID: "u", contentHash: .zero)
        record.username = text()
        record.email = text()
        record.alias = text()
        record.status = Bool.random(using: &generator) ? .active : .left
        if let leader = text() { record.leaders = [leader] }
        if Bool.random(using: &generator) { record.memberships = [Membership(department: 1, isLeader: true)] }
        return record
    }
}

extension UserRecord {
    fileprivate func digest() -> ContentDigest {
        var hasher = ContentHasher()
        let keys = ["", "badge", "k1", "k2"]
        let fields = MappedFields(always: DirectoryField.texts.map(\.rawValue) + keys)
        return digest(&hasher, on: HashGround(fields))
    }
}
