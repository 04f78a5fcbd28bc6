import Messages

/// Their departments, places, leaders and attributes.
extension OddPerson {
    static let departments = [
        OddPerson("no departments", #""name":"Ann""#, .departments(nil)),
        OddPerson("departments that are null", #""department":null"#, .departments(nil)),
        OddPerson("no department", #""department":[]"#, .places()),
        OddPerson("no department as a text", #""department":"""#, .places()),
        OddPerson("no department as an object", #""department":{}"#, .places()),
        OddPerson("one department alone", #""department":5"#, .places(5)),
        OddPerson("one department as a text", #""department":"5""#, .places(5)),
        OddPerson("departments in a text", #""department":"1,2""#, .places(1, 2)),
        OddPerson("departments as texts", #""department":["1","2"]"#, .places(1, 2)),
        OddPerson("a department twice", #""department":[5,5]"#, .places(5)),
        OddPerson(
            "departments that are none among others",
            #""department":[1,"x",null,2.5,3.0]"#,
            .places(1, 3),
            told: ["department": .badElement]
        ),
        OddPerson(
            "departments of which none is one",
            #""department":["x",null,{}]"#,
            .departments(nil),
            told: ["department": .badElement]
        ),
        OddPerson(
            "departments as an object",
            #""department":{"1":true}"#,
            .departments(nil),
            told: ["department": .wrongType]
        ),
        OddPerson(
            "departments as a boolean",
            #""department":true"#,
            .departments(nil),
            told: ["department": .wrongType]
        ),
        OddPerson("departments as words", #""department":"a,b""#, .departments(nil), told: ["department": .wrongType]),
    ]

    static let places = [
        OddPerson("orders as texts", #""department":[1,2],"order":["7","8"]"#, .ordered((1, 7), (2, 8))),
        OddPerson("no orders", #""department":[1,2],"order":[]"#, .ordered((1, 0), (2, 0))),
        OddPerson("orders that are null", #""department":[1,2],"order":null"#, .ordered((1, 0), (2, 0))),
        OddPerson(
            "too few orders",
            #""order":[7],"department":[1,2]"#,
            .ordered((1, 7), (2, 0)),
            told: ["order": .badElement]
        ),
        OddPerson(
            "too many orders",
            #""department":[1],"order":[7,8]"#,
            .ordered((1, 7)),
            told: ["order": .badElement]
        ),
        OddPerson(
            "an order that is none",
            #""department":[1,2],"order":[{},8]"#,
            .ordered((1, 0), (2, 8)),
            told: ["order": .badElement]
        ),
        OddPerson(
            "orders as an object",
            #""department":[1,2],"order":{"1":7}"#,
            .ordered((1, 0), (2, 0)),
            told: ["order": .wrongType]
        ),
        OddPerson(
            "places beside a department that is none",
            #""department":[1,"x",2],"order":[5,6,7],"is_leader_in_dept":[0,1,0]"#,
            .ordered((1, 5), (2, 7)),
            told: ["department": .badElement]
        ),
        OddPerson(
            "leading as booleans",
            #""department":[1,2],"is_leader_in_dept":[true,false]"#,
            .leading(1, besides: 2)
        ),
        OddPerson("leading as texts", #""department":[1,2],"is_leader_in_dept":["1","0"]"#, .leading(1, besides: 2)),
        OddPerson("leading in a text", #""department":[1,2],"is_leader_in_dept":"1,0""#, .leading(1, besides: 2)),
        OddPerson(
            "leading that is too short",
            #""department":[1,2],"is_leader_in_dept":[1]"#,
            .leading(1, besides: 2),
            told: ["is_leader_in_dept": .badElement]
        ),
        OddPerson(
            "leading of a kind that nobody knows",
            #""department":[1,2],"is_leader_in_dept":[1,2]"#,
            .leading(1, besides: 2),
            told: ["is_leader_in_dept": .badElement]
        ),
        OddPerson(
            "leading as a word",
            #""department":[1],"is_leader_in_dept":"yes""#,
            .places(1),
            told: ["is_leader_in_dept": .wrongType]
        ),
    ]

    static let others = [
        OddPerson("a main department as a text", #""main_department":"3""#, .mainDepartment(3)),
        OddPerson("no main department", #""main_department":0"#, .mainDepartment(0)),
        OddPerson("a main department that is absent", #""department":[1]"#, .mainDepartment(nil)),
        OddPerson("a main department that is null", #""main_department":null"#, .mainDepartment(nil)),
        OddPerson(
            "a main department as a list",
            #""main_department":[3]"#,
            .mainDepartment(nil),
            told: ["main_department": .wrongType]
        ),
        OddPerson("no leaders told", #""name":"Ann""#, .leaders(nil)),
        OddPerson("leaders that are null", #""direct_leader":null"#, .leaders(nil)),
        OddPerson("no leader", #""direct_leader":[]"#, .leaders([])),
        OddPerson("no leader as a text", #""direct_leader":"""#, .leaders([])),
        OddPerson("one leader alone", #""direct_leader":"boss""#, .leaders(["boss"])),
        OddPerson("leaders in a text", #""direct_leader":"lisi,wangwu""#, .leaders(["lisi", "wangwu"])),
        OddPerson("a leader as a number", #""direct_leader":7"#, .leaders(["7"])),
        OddPerson(
            "leaders that are none among others",
            #""direct_leader":["a",5,null,"",{},"\#(String(repeating: "l", count: 130))"]"#,
            .leaders(["a", "5"]),
            told: ["direct_leader": .badElement]
        ),
        OddPerson(
            "leaders of whom none is one",
            #""direct_leader":[{"userid":"a"}]"#,
            .leaders(nil),
            told: ["direct_leader": .badElement]
        ),
        OddPerson(
            "leaders as an object",
            #""direct_leader":{"userid":"a"}"#,
            .leaders(nil),
            told: ["direct_leader": .wrongType]
        ),
    ]

    private static func attributes(_ attributes: String) -> String { #""extattr":{"attrs":[\#(attributes)]}"# }

    static let attributes = [
        OddPerson("no attributes told", #""name":"Ann""#, .attribute("badge", nil), .attribute("room", "none")),
        OddPerson("attributes that are null", #""extattr":null"#, .attribute("badge", nil)),
        OddPerson("attributes without a list", #""extattr":{}"#, .attribute("badge", nil)),
        OddPerson("a list of attributes that is null", #""extattr":{"attrs":null}"#, .attribute("badge", nil)),
        OddPerson("an attribute that was deleted", attributes(""), .attribute("badge", ""), .attribute("room", "none")),
        OddPerson("attributes as an empty list", #""extattr":[]"#, .attribute("badge", "")),
        OddPerson("attributes as an empty text", #""extattr":"""#, .attribute("badge", "")),
        OddPerson("a list of attributes as an empty object", #""extattr":{"attrs":{}}"#, .attribute("badge", "")),
        OddPerson("attributes as a bare list", #""extattr":[{"name":"工号","value":"42"}]"#, .attribute("badge", "42")),
        OddPerson(
            "attributes as a number",
            #""extattr":7"#,
            .attribute("badge", nil),
            .attribute("room", nil),
            told: ["extattr": .wrongType]
        ),
        OddPerson(
            "an attribute's value as a number",
            attributes(#"{"name":"工号","text":{"value":42}}"#),
            .attribute("badge", "42")
        ),
        OddPerson(
            "an attribute's value as a bare text",
            attributes(#"{"name":"工号","text":"42"}"#),
            .attribute("badge", "42")
        ),
        OddPerson(
            "an attribute's value that is null",
            attributes(#"{"name":"工号","text":null}"#),
            .attribute("badge", "")
        ),
        OddPerson(
            "a web attribute",
            attributes(#"{"type":1,"name":"工号","web":{"url":"http://a"}}"#),
            .attribute("badge", "http://a")
        ),
        OddPerson(
            "an attribute whose value is none",
            attributes(#"{"name":"工号","text":{"value":[]}},{"name":"房间","value":"7"}"#),
            .attribute("badge", nil),
            .attribute("room", "7"),
            told: ["extattr.工号": .badElement]
        ),
        OddPerson(
            "an attribute of another kind that has a stand-in",
            attributes(#"{"type":2,"name":"房间","miniprogram":{"title":"t"}}"#),
            .attribute("badge", ""),
            .attribute("room", nil),
            told: ["extattr.房间": .badElement]
        ),
        OddPerson(
            "an attribute that is too long",
            attributes(#"{"name":"工号","value":"\#(String(repeating: "x", count: 2_049))"}"#),
            .attribute("badge", nil),
            told: ["extattr.工号": .tooLong]
        ),
        OddPerson(
            "an attribute without a name, which may be any",
            attributes(#"{"value":"x"},{"name":"房间","value":"7"}"#),
            .attribute("badge", nil),
            .attribute("room", "7"),
            told: ["extattr": .badElement]
        ),
        OddPerson(
            "an attribute that is no object",
            attributes(#"null,{"name":"工号","value":"42"}"#),
            .attribute("badge", "42"),
            .attribute("room", nil),
            told: ["extattr": .badElement]
        ),
        OddPerson(
            "a bad attribute that nobody asks for",
            attributes(#"{"name":"旧","text":[]}"#),
            .attribute("badge", "")
        ),
    ]
}

extension Arrival {
    static func ordered(_ places: (Int64, Int64)...) -> Arrival {
        .departments(places.map { UserRecord.Membership(department: $0.0, order: $0.1) })
    }

    static func leading(_ department: Int64, besides other: Int64) -> Arrival {
        .departments([
            UserRecord.Membership(department: department, isLeader: true), UserRecord.Membership(department: other),
        ])
    }
}
