import Testing

/// A callback with known contents (wecom.md §7).
struct CallbackVector: Sendable, CustomTestStringConvertible {
    let name: String
    let token: String
    let key: String
    let receiver: String
    let timestamp: String
    let nonce: String
    let signature: String
    let encrypted: String
    let random: String
    let message: String

    var testDescription: String { name }

    static let all = [officialCheck, officialEvent, goWorkwx, wechatpy, suiteTicket, createAuth, check]

    static let officialCheck = CallbackVector(
        name: "A: official sample, URL check",
        token: "QDG6eK",
        key: "jWmYm7qr5nMoAUwZRjGtBxmz3KA1tkAj3ykkR6q2B2C",
        receiver: "wx5823bf96d3bd56c7",
        timestamp: "1409659589",
        nonce: "263014780",
        signature: "5c45ff5e21c57e6ad56bac8758b79b1d9ac89fd3",
        encrypted: #"P9nAzCzyDtyTWESHep1vC5X9xho/qYX3Zpb4yKa9SKld1DsH3Iyt3tP3zNdtp+4RPcs8TgAE7OaBO+FZ"#
            + #"XvnaqQ=="#,
        random: "c41b64491c2468d0",
        message: #"1616140317555161061"#
    )

    static let officialEvent = CallbackVector(
        name: "B: official sample, event, pad 30",
        token: "QDG6eK",
        key: "jWmYm7qr5nMoAUwZRjGtBxmz3KA1tkAj3ykkR6q2B2C",
        receiver: "wx5823bf96d3bd56c7",
        timestamp: "1409659813",
        nonce: "1372623149",
        signature: "477715d11cdb4164915debcba66cb864d751f3e6",
        encrypted: #"RypEvHKD8QQKFhvQ6QleEB4J58tiPdvo+rtK1I9qca6aM/wvqnLSV5zEPeusUiX5L5X/0lWfrf0QADHH"#
            + #"hGd3QczcdCUpj911L3vg3W/sYYvuJTs3TUUkSUXxaccAS0qhxchrRYt66wiSpGLYL42aM6A8dTT+6k4a"#
            + #"SknmPj48kzJs8qLjvd4Xgpue06DOdnLxAUHzM6+kDZ+HMZfJYuR+LtwGc2hgf5gsijff0ekUNXZiqATP"#
            + #"7PF5mZxZ3Izoun1s4zG4LUMnvw2r+KqCKIw+3IQH03v+BCA9nMELNqbSf6tiWSrXJB3LAVGUcallcrw8"#
            + #"V2t9EL4EhzJWrQUax5wLVMNS0+rUPA3k22Ncx4XXZS9o0MBH27Bo6BpNelZpS+/uh9KsNlY6bHCmJU9p"#
            + #"8g7m3fVKn28H3KDYA5Pl/T8Z1ptDAVe0lXdQ2YoyyH2uyPIGHBZZIs2pDBS8R07+qN+E7Q=="#,
        random: "0960688932c47ef1",
        message: """
            <xml><ToUserName><![CDATA[wx5823bf96d3bd56c7]]></ToUserName>
            <FromUserName><![CDATA[mycreate]]></FromUserName>
            <CreateTime>1409659813</CreateTime>
            <MsgType><![CDATA[text]]></MsgType>
            <Content><![CDATA[hello]]></Content>
            <MsgId>4561255354251345929</MsgId>
            <AgentID>218</AgentID>
            </xml>
            """
    )

    static let goWorkwx = CallbackVector(
        name: "C: go-workwx, URL check",
        token: "kjr2TKI8umCBfVF3wAHk8JiPwma5VBme",
        key: "4Ma3YBrSBbX2aez8MJpXGBne5LSDwgGqHbhM9WPYIws",
        receiver: "ww6a112864f8022910",
        timestamp: "1583940690",
        nonce: "VHh7ymSeb0jc4lSb",
        signature: "1ba3cb09c0d2c2b3ed6900d37f91a6efae6cb011",
        encrypted: #"6KmUQuPVu7UhjyVqRdbo5SfcRqaHvbUlKSHFvBV2ZuR6TIlKsygcfeSd1GDplg1C5KSKr6UPHCaC/nIX"#
            + #"3ZNt9w=="#,
        random: "5QMsYcwjR95t2vmC",
        message: #"94966531020182955848408"#
    )

    static let wechatpy = CallbackVector(
        name: "E: wechatpy, URL check",
        token: "123456",
        key: "kWxPEV2UEDyxWpmPdKC3F4dgPDmOvfKX1HGnEUDS1aR",
        receiver: "wx49f0ab532d5d035a",
        timestamp: "1411443780",
        nonce: "437374425",
        signature: "dd6b9c95b495b3f7e2901bfbc76c664930ffdb96",
        encrypted: #"4ByGGj+sVCYcvGeQYhaKIk1o0pQRNbRjxybjTGblXrBaXlTXeOo1+bXFXDQQb1o6co6Yh9Bv41n7hOch"#
            + #"LF6p+Q=="#,
        random: "2304fc2fe146f1f8",
        message: #"5927782489442352469"#
    )

    static let suiteTicket = CallbackVector(
        name: "S1: suite ticket",
        token: "QDG6eK",
        key: "jWmYm7qr5nMoAUwZRjGtBxmz3KA1tkAj3ykkR6q2B2C",
        receiver: "ww4asffe99e54c0f4c",
        timestamp: "1403610513",
        nonce: "380320359",
        signature: "510dd46555a73dab04f40f4db7fef59477c3bdb2",
        encrypted: #"sKqRbbiSUnDhFHOvPjtUMaaogxpwTBv7Wl+jZyBBqkErFQ+KUsAHG3RDddmrDiHnVnjQ/TW1JhlLzTFW"#
            + #"f5WBN7b3kZqFYF4sscpQOEHmqtKXha12wal828yxiCZ7ODYnYuxM/rq09lHrTgqE+Uj9+JI6JUIMfrFq"#
            + #"upIS/Bbk5TADN+7KcRYhRo8dDxnY1j3m/xN5uS2MinNcfIze3nerji068eXP2QE5DgnMlsO4kH67spHc"#
            + #"/Y5OlPtklGUuZ/BD7tIPWLzgFYYrFlVjGM+BrORI12XJKh0uk8Kq9mw2vnVtnFW5eNJTqLNni6br1es/"#
            + #"Kwzwtpz8MT1AMFOnQomuDQ=="#,
        random: "0123456789abcdef",
        message: #"<xml><SuiteId><![CDATA[ww4asffe99e54c0f4c]]></SuiteId><InfoType><![CDATA[suite_t"#
            + #"icket]]></InfoType><TimeStamp>1403610513</TimeStamp><SuiteTicket><![CDATA[asdfas"#
            + #"fdasdfasdf]]></SuiteTicket></xml>"#
    )

    static let createAuth = CallbackVector(
        name: "S2: authorization",
        token: "QDG6eK",
        key: "jWmYm7qr5nMoAUwZRjGtBxmz3KA1tkAj3ykkR6q2B2C",
        receiver: "dk4asffe9xxx4c0f4c",
        timestamp: "1403610513",
        nonce: "380320359",
        signature: "5ee84d1637ee7b2a9d9b34bc1f37101c343ca6c0",
        encrypted: #"sKqRbbiSUnDhFHOvPjtUMYm2HRlIzo/q7hNeB71ThndFhk1sJsIm1RExwgT8TRH1l9rZtZrZkPN4ca9G"#
            + #"aYtF0lb9OHXoZ22t2Ij1+zMoHVwYbox2Pyh+8Ds7VDu3p5g0GOOlKFgCZiPkUG5Kl9dIJChJ3vgT6JR+"#
            + #"oa6StTpIWc81kBHq7vA6e+JwoA2EyXvnSMWrlrEk8GotGs7hs27iqXglDVtc4aaNj3MSk2/oVK2mdR1V"#
            + #"/vI/UWjP1fzb9LCn7L81Y9TR4aoSQL7Aw2gGlsfQh6ioxi+s43818Qqf9OaNICcGyAisNHsK9c0InpnM"#
            + #"0kBA22h57aYYTpVYFaKNghHajMaplRsyJ/u96jINu6VtfYvHLChOEVMWdznbj+Fa"#,
        random: "0123456789abcdef",
        message: #"<xml><SuiteId><![CDATA[dk4asffe9xxx4c0f4c]]></SuiteId><AuthCode><![CDATA[AUTHCOD"#
            + #"E]]></AuthCode><InfoType><![CDATA[create_auth]]></InfoType><TimeStamp>1403610513"#
            + #"</TimeStamp><State><![CDATA[123]]></State><ExtraInfo></ExtraInfo></xml>"#
    )

    static let check = CallbackVector(
        name: "S3: URL check",
        token: "QDG6eK",
        key: "jWmYm7qr5nMoAUwZRjGtBxmz3KA1tkAj3ykkR6q2B2C",
        receiver: "wx5823bf96d3bd56c7",
        timestamp: "1409659589",
        nonce: "263014780",
        signature: "78c387407a9d2cf24bd3f04727d28ac889d8d014",
        encrypted: #"sKqRbbiSUnDhFHOvPjtUMWzf2R8PrpMiTTPaicBgqZlYW/WsF6SiFd2z9CriX2YpWYzF1yrNNQ0SomM3"#
            + #"ovdnfA=="#,
        random: "0123456789abcdef",
        message: #"1616140317555161061"#
    )
}
