@main
struct DemoProgram {
    static func main() {}
}
