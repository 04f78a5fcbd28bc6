@main
struct WriterProgram {
    static func main() {}
}
