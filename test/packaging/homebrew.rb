# Runs a formula with the part of Homebrew's API that it uses, on the machine that the arguments describe:
# FORMULA OS CPU STAGED PREFIX. Installs from the folder STAGED, runs the formula's test, and prints its source as JSON.
require "fileutils"
require "json"

FORMULA, OS, CPU, STAGED, PREFIX = ARGV

class Folder
  def initialize(path)
    @path = File.join(PREFIX, path)
  end

  def install(*sources)
    FileUtils.mkdir_p(@path)
    sources.each do |source|
      names = source.is_a?(Hash) ? source : { source => File.basename(source) }
      names.each { |from, to| FileUtils.mv(from, File.join(@path, to)) }
    end
  end

  def to_s
    @path
  end
end

class Formula
  class << self
    attr_reader :source, :test_block

    def desc(text)
      raise "Homebrew allows 80 characters" if text.length > 80
    end

    def homepage(_) = nil
    def license(_) = nil

    def version(text = nil)
      text.nil? ? @version : @version = text
    end

    def on_macos = OS == "darwin" && yield
    def on_linux = OS == "linux" && yield
    def on_arm = CPU == "arm64" && yield
    def on_intel = CPU == "x64" && yield

    def url(text)
      (@source ||= {})[:url] = text
    end

    def sha256(text)
      (@source ||= {})[:sha256] = text
    end

    def test(&block)
      @test_block = block
    end
  end

  def version = self.class.version
  def bin = Folder.new("bin")
  def man1 = Folder.new("share/man/man1")
  def doc = Folder.new("share/doc/rolecall")
  def bash_completion = Folder.new("etc/bash_completion.d")
  def zsh_completion = Folder.new("share/zsh/site-functions")
  def fish_completion = Folder.new("share/fish/vendor_completions.d")
  def shell_output(command) = `#{command}`

  def assert_match(expected, actual)
    raise "#{actual} does not contain #{expected}" unless actual.include?(expected)
  end
end

load FORMULA
formula = Rolecall.new
Dir.chdir(STAGED) { formula.install }
formula.instance_eval(&Rolecall.test_block)
puts JSON.generate(Rolecall.source)
