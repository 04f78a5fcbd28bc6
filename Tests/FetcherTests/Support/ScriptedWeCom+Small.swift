import Messages

extension ScriptedWeCom {
    /// Four departments in range and one that is not; five people, one of them in two departments.
    static func small() -> ScriptedWeCom {
        ScriptedWeCom(
            departments: [
                #"{"id":4,"name":"测试 \"T\"","parentid":3,"order":1}"#, #"{ "id" : 3, "name":"产品", "parentid":1 }"#,
                #"{"id":2,"name":"研发","name_en":"R&D","department_leader":["u1"],"parentid":1,"order":4294967295}"#,
                #"{"id":99,"name":"out","parentid":1,"order":0}"#, #"{"id":5,"parentid":4,"order":0}"#,
            ],
            people: [
                2: [user("u1", 2), user("u2", 2)], 3: [user("u3", 3)], 4: [user("u1", 4), user("u4", 4)],
                5: [user("U5", 5)], 99: [user("out", 99)],
            ],
            range: [2, 3],
            singles: [1: #"{"errcode":60011,"errmsg":"no privilege to access"}"#]
        )
    }

    static func user(_ id: String, _ department: Int64) -> String {
        #"{"userid":"\#(id)" , "name":"名\u0041\/\#(id)","department":[\#(department)],"extattr":{"attrs":[]}, "status":1}"#
    }

    /// As many departments as are asked for, each with one person.
    static func wide(_ count: Int64) -> ScriptedWeCom {
        ScriptedWeCom(
            departments: (1...count).map { #"{"id":\#($0),"parentid":\#($0 == 1 ? 0 : 1)}"# },
            people: Dictionary(uniqueKeysWithValues: (1...count).map { ($0, [user("u\($0)", $0)]) }),
            range: [1]
        )
    }
}

extension ContentDigest {
    /// The sum over people's keys, where case does not matter.
    static func sum(_ users: String...) -> ContentDigest {
        users.reduce(.zero) { $0 &+ DirectoryKey($1, isCaseSensitive: false).digest }
    }

    static func sum(_ departments: [Int64]) -> ContentDigest {
        departments.reduce(.zero) { $0 &+ ContentDigest(of: Array(String($1).utf8)) }
    }
}
